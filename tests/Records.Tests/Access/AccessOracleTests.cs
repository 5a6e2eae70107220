using Salus.Kernel;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Access;

/// <summary>Random permits over random data: what a search finds is what it finds for everybody, less what a slow reading of the permit holds back.</summary>
public sealed class AccessOracleTests(AccessRecord server) : IClassFixture<AccessRecord>
{
    private const int Patients = 70;
    private static readonly string?[] Labels = [null, null, null, "N", "R", "V"];
    private static readonly string[] Queries =
    [
        "Observation?_count=1000", "Observation?code=c1&_count=1000", "Observation?code=c1,c2&_sort=-date&_count=1000", "Observation?status=final&date=ge2026-03&_count=1000",
        "Observation?subject:Patient.name=F1&_count=1000", "Observation?code:not=c0&_count=1000", "Observation?patient=Patient/op3&_count=1000",
    ];

    private sealed record Known(string Id, string[] Patients, int Label, string Status, string Code);

    [Fact]
    public async Task A_search_finds_what_the_permit_leaves_of_what_everybody_finds()
    {
        var seed = int.Parse(Environment.GetEnvironmentVariable("SALUS_ORACLE_SEED") ?? "20261121", System.Globalization.CultureInfo.InvariantCulture);
        var random = new Random(seed);
        var known = await FillAsync(random);
        for (var round = 0; round < 60; round++)
        {
            var layers = Enumerable.Range(0, random.Next(1, 3)).Select(_ => (IReadOnlyList<Grant>)[.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Draw(random))]).ToList();
            var query = Queries[random.Next(Queries.Length)];
            var all = (await server.Fhir.SearchAsync(query)).Ids("match").ToList();
            var answer = await server.Fhir.GetAsync(query, AccessRecord.As(null, layers));
            var said = $"seed {seed}, round {round}, {query}, {string.Join(" AND ", layers.Select(l => string.Join(" OR ", l)))}";

            Assert.True(answer.Status == 200, $"{said}: {answer}");
            // A link through patients whom one may not see finds nothing: their permit is that of the observations.
            var expected = all.Where(id => layers.TrueForAll(layer => layer.Any(g => Holds(g, known[id])))
                && (!query.Contains("subject:Patient", StringComparison.Ordinal) || layers.TrueForAll(layer => layer.Any(g => HoldsPatient(g, known[id]))))).ToList();
            Assert.True(expected.SequenceEqual(answer.Ids("match")), $"{said}\nexpected {string.Join(' ', expected)}\nfound    {string.Join(' ', answer.Ids("match"))}");
        }
    }

    private static Grant Draw(Random random)
    {
        var reach = random.Next(4) == 0 ? Reach.All : Reach.Of([.. Enumerable.Range(0, Patients).Where(_ => random.Next(4) < random.Next(1, 4)).Select(i => $"op{i}")]);
        return new Grant(Grant.AnyType, Interactions.All, reach)
        {
            Clearance = (Confidentiality)random.Next(3),
            HeedsConsent = random.Next(2) == 0,
            Criteria = random.Next(4) == 0 ? "_lastUpdated=ge2000" : null,
        };
    }

    // Patients with an id that ends in 7 have said no.
    private static bool Holds(Grant grant, Known one) =>
        one.Label <= (int)grant.Clearance && (grant.Reach is not Reach.Patients some || one.Patients.Any(some.Ids.Contains)) && !(grant.HeedsConsent && one.Patients.Any(p => p.EndsWith('7')));

    private static bool HoldsPatient(Grant grant, Known one) => Holds(grant, one with { Patients = [one.Patients[0]], Label = 0 });

    private async Task<Dictionary<string, Known>> FillAsync(Random random)
    {
        for (var i = 0; i < Patients; i++)
        {
            await server.Fhir.StoreAsync(AccessRecord.Patient($"op{i}", $"F{i % 3}"));
            if (i % 10 == 7)
            {
                await server.Fhir.StoreAsync(AccessRecord.Parse(
                    $$$"""{"resourceType":"Consent","id":"oc{{{i}}}","status":"active","scope":{"coding":[{"code":"patient-privacy"}]},"patient":{"reference":"Patient/op{{{i}}}"},"provision":{"type":"deny"}}"""));
            }
        }

        var known = new Dictionary<string, Known>(StringComparer.Ordinal);
        for (var i = 0; i < 300; i++)
        {
            var (patient, code, label) = ($"op{random.Next(Patients)}", $"c{random.Next(4)}", Labels[random.Next(Labels.Length)]);
            var status = random.Next(3) == 0 ? "final" : "preliminary";
            var resource = AccessRecord.Observation($"oo{i}", patient, code, label, $"2026-0{random.Next(1, 7)}-01", status);
            string[] patients = [patient];
            if (random.Next(5) == 0)
            {
                // Who took part is a second patient: it is in both compartments.
                var second = $"op{random.Next(Patients)}";
                resource["performer"] = new System.Text.Json.Nodes.JsonArray(AccessRecord.Reference($"Patient/{second}"));
                patients = [patient, second];
            }

            await server.Fhir.StoreAsync(resource);
            known.Add($"oo{i}", new Known($"oo{i}", patients, label switch { "R" => 1, "V" => 2, _ => 0 }, status, code));
        }

        return known;
    }
}
