using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Salus.Fhir.Paths;

/// <summary>Strings (http://hl7.org/fhirpath/N1/#string-manipulation). On an empty input or argument they give nothing.</summary>
internal static partial class PathFunctions
{
    private static void AddStrings(Dictionary<string, PathFunction> all)
    {
        all["startsWith"] = StringTest("startsWith", static (text, other) => text.StartsWith(other, StringComparison.Ordinal));
        all["endsWith"] = StringTest("endsWith", static (text, other) => text.EndsWith(other, StringComparison.Ordinal));
        all["contains"] = Search("contains", StaticType.Boolean, static (text, other) => PathValue.Of(text.Contains(other, StringComparison.Ordinal)));
        all["indexOf"] = Search("indexOf", StaticType.Integer, static (text, other) => PathValue.Of(text.IndexOf(other, StringComparison.Ordinal)));
        all["upper"] = OnString("upper", 0, StaticType.String, static (text, _) => PathValue.Of(text.ToUpperInvariant()));
        all["lower"] = OnString("lower", 0, StaticType.String, static (text, _) => PathValue.Of(text.ToLowerInvariant()));
        all["trim"] = OnString("trim", 0, StaticType.String, static (text, _) => PathValue.Of(text.Trim()));
        all["length"] = OnString("length", 0, StaticType.Integer, static (text, _) => PathValue.Of(text.Length));
        all["lastIndexOf"] = Search("lastIndexOf", StaticType.Integer, static (text, other) => PathValue.Of(text.LastIndexOf(other, StringComparison.Ordinal)));
        all["replace"] = Text(2, 2, StaticType.String, static (call, into) =>
        {
            if (StringOf(call, "replace") is { } text && StringArguments(call, "replace", 2) is [var what, var by])
            {
                into.Add(PathValue.Of(Replace(call, text, what, by)));
            }
        });
        all["matches"] = Text(1, 1, StaticType.Boolean, static (call, into) => Patterns.Test(call, "matches", into, full: false));
        all["matchesFull"] = Text(1, 1, StaticType.Boolean, static (call, into) => Patterns.Test(call, "matchesFull", into, full: true));
        all["replaceMatches"] = Text(2, 2, StaticType.String, static (call, into) => Patterns.Replace(call, into));
        all["substring"] = Text(1, 2, StaticType.String, Substring) with { ArgumentsTake = Kinds.Integer };
        all["toChars"] = Text(0, 0, StaticType.String, static (call, into) =>
        {
            foreach (var rune in (StringOf(call, "toChars") ?? "").EnumerateRunes())
            {
                into.Add(PathValue.Of(rune.ToString()));
            }
        });
        all["split"] = Text(1, 1, StaticType.String, Split);
        all["join"] = Text(0, 1, StaticType.String, Join);
        all["encode"] = OnString("encode", 1, StaticType.String, static (text, a) => Coded(() => Encode(text, a[0])));
        all["decode"] = OnString("decode", 1, StaticType.String, static (text, a) => Coded(() => Decode(text, a[0])));
        all["escape"] = OnString("escape", 1, StaticType.String, static (text, a) => Coded(() => Escape(text, a[0])));
        all["unescape"] = OnString("unescape", 1, StaticType.String, static (text, a) => Coded(() => Unescape(text, a[0])));
    }

    private static PathFunction Text(int least, int most, StaticType result, Action<PathCall, PathCollection> body) =>
        new(least, most, result, body) { Takes = Kinds.String, ArgumentsTake = Kinds.String };

    internal static string? StringOf(in PathCall call, string name)
    {
        var value = call.Single;
        return value.Kind switch { PathKind.None => null, PathKind.String => value.Text, _ => throw call.Unfit(name, value) };
    }

    private static PathFunction StringTest(string name, Func<string, string, bool> test) =>
        OnString(name, 1, StaticType.Boolean, (text, arguments) => PathValue.Of(test(text, arguments[0])));

    private static PathFunction Search(string name, StaticType result, Func<string, string, PathValue> body) => Text(1, 1, result, (call, into) =>
    {
        if (StringOf(call, name) is { } text && StringArguments(call, name, 1) is [var other])
        {
            ChargeSearch(call, text, other);
            into.Add(body(text, other));
        }
    });

    // At worst each place of the text is compared with the whole of what is looked for. The texts themselves are paid for when they are read.
    private static void ChargeSearch(in PathCall call, string text, string other) => call.Scope.Charge((long)text.Length * other.Length / 1024, call.Position);

    private static PathFunction OnString(string name, int arguments, StaticType result, Func<string, string[], PathValue> body) => Text(arguments, arguments, result, (call, into) =>
    {
        if (StringOf(call, name) is { } text && StringArguments(call, name, arguments) is { } given && body(text, given) is { Kind: not PathKind.None } value)
        {
            call.Scope.ChargeText(value.Text.Length, call.Position);
            into.Add(value);
        }
    });

    internal static string[]? StringArguments(in PathCall call, string name, int count)
    {
        var texts = new string[count];
        for (var i = 0; i < count; i++)
        {
            var value = call.Argument(i);
            switch (value.Kind)
            {
                case PathKind.None:
                    return null;
                case PathKind.String:
                    texts[i] = value.Text;
                    break;
                default:
                    throw new PathFault($"{name}() takes a string, not {Ordering.Name(value)}", call.Position);
            }
        }

        return texts;
    }

    // Replacing the empty string puts the substitute around every character.
    private static string Replace(in PathCall call, string text, string what, string by)
    {
        ChargeSearch(call, text, what);
        var times = text.Length + 1;
        if (what.Length > 0)
        {
            times = 0;
            for (var at = text.IndexOf(what, StringComparison.Ordinal); at >= 0; at = text.IndexOf(what, at + what.Length, StringComparison.Ordinal))
            {
                times++;
            }
        }

        call.Scope.ChargeText(text.Length + ((long)times * (by.Length - what.Length)), call.Position);
        return what.Length > 0 ? text.Replace(what, by, StringComparison.Ordinal) : by + string.Concat(text.Select(c => c + by));
    }

    private static void Substring(PathCall call, PathCollection into)
    {
        if (StringOf(call, "substring") is not { } text || IntegerArgument(call, 0, "substring") is not { } start || start < 0 || start >= text.Length)
        {
            return;
        }

        var length = call.Arguments.Length > 1 ? IntegerArgument(call, 1, "substring") ?? int.MaxValue : int.MaxValue;
        into.Add(PathValue.Of(text.Substring(start, Math.Clamp(length, 0, text.Length - start))));
    }

    private static void Split(PathCall call, PathCollection into)
    {
        if (StringOf(call, "split") is { } text && StringArguments(call, "split", 1) is { } separator)
        {
            ChargeSearch(call, text, separator[0]);
            foreach (var part in text.Split(separator[0]))
            {
                into.Add(PathValue.Of(part));
            }
        }
    }

    private static void Join(PathCall call, PathCollection into)
    {
        if (call.Input.Count == 0)
        {
            return;
        }

        var separator = call.Argument(0);
        var texts = new StringBuilder();
        for (var i = 0; i < call.Input.Count; i++)
        {
            var value = call.Read(call.Input[i]);
            texts.Append(i == 0 ? "" : separator.Text).Append(value.Kind == PathKind.String ? value.Text : throw call.Unfit("join", value));
            call.Scope.LimitText(texts.Length, call.Position);
        }

        into.Add(PathValue.Of(texts.ToString()));
    }

    // An unknown coding, or text that is not in it, gives nothing.
    private static PathValue Coded(Func<string?> body)
    {
        try
        {
            return body() is { } text ? PathValue.Of(text) : default;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return default;
        }
    }

    private static string? Encode(string text, string coding) => coding switch
    {
        "hex" => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text)),
        "base64" => Convert.ToBase64String(Encoding.UTF8.GetBytes(text)),
        "urlbase64" => Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).Replace('+', '-').Replace('/', '_'),
        _ => null,
    };

    private static string? Decode(string text, string coding) => coding switch
    {
        "hex" => Encoding.UTF8.GetString(Convert.FromHexString(text)),
        "base64" => Encoding.UTF8.GetString(Convert.FromBase64String(text)),
        "urlbase64" => Encoding.UTF8.GetString(Convert.FromBase64String(text.Replace('-', '+').Replace('_', '/'))),
        _ => null,
    };

    private static string? Escape(string text, string target) => target switch
    {
        "html" => WebUtility.HtmlEncode(text),
        "json" => JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString(),
        _ => null,
    };

    private static string? Unescape(string text, string target) => target switch
    {
        "html" => WebUtility.HtmlDecode(text),
        // Quotes may already stand bare.
        "json" => JsonSerializer.Deserialize<string>($"\"{text.Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""),
        _ => null,
    };
}
