using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Salus.Records.Tests.BadInput;

/// <summary>Changes texts at random: byte by byte, or, where they are JSON or XML, value by value.</summary>
internal static partial class Mutations
{
    private static readonly string[] Others =
    [
        "null", "true", "-1", "0", "1e400", "1e-400", "99999999999999999999999", "\"\"", "\" \"", "\"\\u0000\"", "\"\\ud800\"", "\"😀\"", "[]", "{}", "[[]]", "[null]", "{\"a\":1}",
        "\"urn:uuid:1\"", "\"Patient?x=y\"", "\"0000\"", "\"9999-12-31T23:59:60Z\"", "\"Patient/f?_sort=nope\"", "\"../..\"", "\"%00\"", "\"batch\"", "\"transaction\"", "\"Bundle\"", "\"GET\"", "\"POST\"",
    ];

    /// <summary>One to five places with other bytes, more, or fewer.</summary>
    public static byte[] Bytes(Random random, byte[] text)
    {
        var body = text.ToList();
        for (var change = random.Next(1, 6); change > 0; change--)
        {
            var at = random.Next(body.Count);
            switch (random.Next(4))
            {
                case 0:
                    body[at] = (byte)random.Next(256);
                    break;
                case 1:
                    body.RemoveAt(at);
                    break;
                case 2:
                    body.Insert(at, (byte)"{}[]\",:\\0-u"[random.Next(11)]);
                    break;
                default:
                    body.RemoveRange(at, Math.Min(random.Next(20), body.Count - at));
                    body.Add((byte)' ');
                    break;
            }
        }

        return [.. body];
    }

    /// <summary>One to three values of a JSON text replaced.</summary>
    public static string Values(Random random, string text)
    {
        for (var change = random.Next(1, 4); change > 0; change--)
        {
            text = Replace(random, text);
        }

        return text;
    }

    /// <summary>One or two attributes of an XML text with other values, or elements that are gone or there twice.</summary>
    public static string Xml(Random random, string text)
    {
        for (var change = random.Next(1, 3); change > 0; change--)
        {
            var (attributes, elements) = (Attribute().Matches(text), Empty().Matches(text));
            var place = random.Next(2) == 0 || elements.Count == 0 ? attributes[random.Next(attributes.Count)] : elements[random.Next(elements.Count)];
            var other = place.Value[0] != '<' ? $"=\"{Others[random.Next(Others.Length)].Trim('"').Replace("\"", "&quot;", StringComparison.Ordinal)}\""
                : random.Next(2) == 0 ? "" : place.Value + place.Value;
            text = text[..place.Index] + other + text[(place.Index + place.Length)..];
        }

        return text;
    }

    [GeneratedRegex("=\"[^\"]*\"")]
    private static partial Regex Attribute();

    [GeneratedRegex("<[^<>!?/]+/>")]
    private static partial Regex Empty();

    // One value of the document, found by its place after a colon or in an array, becomes another.
    private static string Replace(Random random, string text)
    {
        var node = TryParse(text);
        if (node is null)
        {
            return text;
        }

        var places = new List<Action<JsonNode?>>();
        Collect(node, places);
        var value = Others[random.Next(Others.Length)];
        var marker = $"@@{random.Next()}@@";
        places[random.Next(places.Count)](marker);
        return Write(node, text).Replace($"\"{marker}\"", value, StringComparison.Ordinal);
    }

    // Half a character that an earlier change put in cannot be written again: then the text stays as it is.
    private static string Write(JsonNode node, string text)
    {
        try
        {
            return node.ToJsonString();
        }
        catch (InvalidOperationException)
        {
            return text;
        }
    }

    private static JsonNode? TryParse(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private static void Collect(JsonNode? node, List<Action<JsonNode?>> places)
    {
        switch (node)
        {
            case JsonObject o:
                foreach (var name in o.Select(p => p.Key).ToList())
                {
                    places.Add(v => o[name] = v);
                    Collect(o[name], places);
                }

                break;
            case JsonArray a:
                for (var i = 0; i < a.Count; i++)
                {
                    var at = i;
                    places.Add(v => a[at] = v);
                    Collect(a[i], places);
                }

                break;
        }
    }
}
