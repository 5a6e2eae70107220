using System.Text;
using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.BadInput;

/// <summary>Valid resources with bytes and values changed at random. The seed is fixed, and the failing body is shown.</summary>
public sealed class FuzzTests(RecordServer server) : IClassFixture<RecordServer>
{
    private static readonly string[] Bases =
    [
        """{"resourceType":"Patient","id":"f","meta":{"profile":["http://a"],"tag":[{"system":"s","code":"c"}]},"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"},"identifier":[{"system":"http://mrn","value":"1","period":{"start":"2020-01-01"}}],"name":[{"family":"A","given":["B",null],"_given":[null,{"extension":[{"url":"http://u","valueBoolean":true}]}]}],"birthDate":"1980-01-01","multipleBirthInteger":2,"contact":[{"telecom":[{"system":"phone","value":"1"}]}]}""",
        """{"resourceType":"Observation","id":"f","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"1"}]},"subject":{"reference":"Patient/1"},"effectivePeriod":{"start":"2020-01-01T00:00:00Z","end":"2021"},"valueQuantity":{"value":1.50,"unit":"mg","system":"http://unitsofmeasure.org","code":"mg"},"contained":[{"resourceType":"Device","id":"d"}],"device":{"reference":"#d"}}""",
        """{"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a","resource":{"resourceType":"Patient","name":[{"family":"F"}]},"request":{"method":"POST","url":"Patient"}},{"resource":{"resourceType":"Observation","id":"f","status":"final","code":{"text":"x"},"subject":{"reference":"urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a"}},"request":{"method":"PUT","url":"Observation/f","ifMatch":"W/\"1\""}},{"request":{"method":"GET","url":"Patient?name=F&_count=1"}},{"request":{"method":"DELETE","url":"Patient/zz"}}]}""",
        """{"resourceType":"Bundle","type":"batch","entry":[{"resource":{"resourceType":"Patient","id":"f"},"request":{"method":"PUT","url":"Patient/f"}},{"request":{"method":"GET","url":"Patient/f/_history/1"}},{"request":{"method":"GET","url":"Observation?date=ge2020&value-quantity=gt1|http://unitsofmeasure.org|mg&_sort=-date"}}]}""",
    ];

    private static readonly string[] Values =
    [
        "null", "true", "-1", "0", "1e400", "1e-400", "99999999999999999999999", "\"\"", "\" \"", "\"\\u0000\"", "\"\\ud800\"", "\"😀\"", "[]", "{}", "[[]]", "[null]", "{\"a\":1}",
        "\"urn:uuid:1\"", "\"Patient?x=y\"", "\"0000\"", "\"9999-12-31T23:59:60Z\"", "\"Patient/f?_sort=nope\"", "\"../..\"", "\"%00\"", "\"batch\"", "\"transaction\"", "\"Bundle\"", "\"GET\"", "\"POST\"",
    ];

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public async Task Changed_bytes_never_end_in_a_failure_of_the_server(int seed)
    {
        var random = new Random(seed);
        for (var n = 0; n < 400; n++)
        {
            var which = random.Next(Bases.Length);
            var body = Encoding.UTF8.GetBytes(Bases[which]).ToList();
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

            await SendAsync(which, [.. body], seed, n);
        }
    }

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    [InlineData(23)]
    public async Task Changed_values_never_end_in_a_failure_of_the_server(int seed)
    {
        var random = new Random(seed);
        for (var n = 0; n < 400; n++)
        {
            var which = random.Next(Bases.Length);
            var text = Bases[which];
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                text = Replace(random, text);
            }

            await SendAsync(which, Encoding.UTF8.GetBytes(text), seed, n);
        }
    }

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
        var value = Values[random.Next(Values.Length)];
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

    private async Task SendAsync(int which, byte[] body, int seed, int n)
    {
        var (method, path) = which switch { 0 => (HttpMethod.Put, "Patient/f"), 1 => (HttpMethod.Put, "Observation/f"), _ => (HttpMethod.Post, "") };
        var answer = await server.Fhir.SendAsync(method, path, FhirClient.Json(body));
        var inside = answer.Status == 200 && which > 1 ? answer.Entries.Select(e => (string)e["response"]!["status"]!) : [];
        Assert.True(answer.Status < 500 && inside.All(s => s[0] < '5'), $"seed {seed}, body {n}: {Encoding.UTF8.GetString(body)}\n{answer}");
    }
}
