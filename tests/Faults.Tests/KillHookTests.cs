using System.Text.Json.Nodes;
using Salus.Faults.Tests.Support;

namespace Salus.Faults.Tests;

/// <summary>Kill -9 of Salus while it tells an endpoint what is written: each event arrives, in order, and at least once.</summary>
public sealed class KillHookTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly int port = FreePort.Find();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task In_the_middle_of_deliveries()
    {
        await using var hook = await HookEndpoint.StartAsync();
        using var fhir = new FhirClient(FreePort.Address(port));
        var salus = await SalusProcess.ReadyAsync(folder["data"], port);
        try
        {
            var stored = await fhir.PutAsync(Subscription(hook.Url));
            Assert.True(stored.Status == 201, stored.ToString());
            var written = 0;
            for (var round = 1; round <= Rounds.Count; round++)
            {
                // The kill comes at some time in the middle of these, whose events are being delivered meanwhile.
                var writing = WriteAsync(fhir, round);
                await Eventually.TrueAsync(() => hook.Accepted.Count >= written + 20, 60);
                await salus.KillAsync();
                salus.Dispose();
                salus = await SalusProcess.ReadyAsync(folder["data"], port);
                await writing;
                written = (await fhir.GetAsync("Patient?family=Hooked&_summary=count")).Json["total"]!.GetValue<int>();
                await Eventually.TrueAsync(() => hook.Accepted is [.., var last] && last >= written, 60, () => $"{string.Join(' ', hook.Accepted)} of {written}");
                var numbers = hook.Accepted;
                Assert.Equal(Enumerable.Range(1, written).Select(n => (long)n), numbers.Distinct());
                // What is sent again follows what was sent last: nothing older comes back.
                Assert.All(numbers.Zip(numbers.Skip(1)), pair => Assert.True(pair.Second == pair.First + 1 || pair.Second == pair.First, $"{pair}"));
            }
        }
        finally
        {
            salus.Dispose();
        }
    }

    private static async Task WriteAsync(FhirClient fhir, int round)
    {
        for (var i = 0; i < 200; i++)
        {
            try
            {
                await fhir.PutAsync(JsonNode.Parse($$"""{"resourceType":"Patient","id":"hooked-{{round}}-{{i}}","name":[{"family":"Hooked"}]}""")!);
            }
            catch (HttpRequestException)
            {
                // Killed in the middle of this one, or not back yet.
            }
        }
    }

    private static JsonNode Subscription(string endpoint) => JsonNode.Parse(
        $$"""
        {"resourceType":"Subscription","id":"hooked","status":"requested","reason":"test","criteria":"http://salus.invalid/SubscriptionTopic/Patient-create",
         "_criteria":{"extension":[{"url":"http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-filter-criteria","valueString":"family=Hooked"}]},
         "channel":{"type":"rest-hook","endpoint":"{{endpoint}}","payload":"application/fhir+json",
          "_payload":{"extension":[{"url":"http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-payload-content","valueCode":"id-only"}]} } }
        """)!;
}
