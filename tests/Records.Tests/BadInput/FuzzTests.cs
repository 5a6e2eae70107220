using System.Text;
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
            await SendAsync(which, Mutations.Bytes(random, Encoding.UTF8.GetBytes(Bases[which])), seed, n);
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
            await SendAsync(which, Encoding.UTF8.GetBytes(Mutations.Values(random, Bases[which])), seed, n);
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
