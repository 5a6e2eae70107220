using System.Text.Json.Nodes;
using Salus.Records.Storage;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Search;

/// <summary>
/// Two servers on one database. Patients whose names and addresses share texts in every combination are written through one and looked for through the other
/// at once, so sets of parameters that only one of them has made must be found by both. A plain evaluation in memory decides.
/// </summary>
public sealed class StringOracleTests(RecordServer server) : IClassFixture<RecordServer>
{
    private const int Seed = 20261121;
    private static readonly string[] Texts = ["Ann", "ann", "Ánn", "Anna", "Bo", "Bo Ann", "NY", "ny", "1", "12", "xAnnx"];
    private static readonly string[] Asked = ["ann", "Ann", "an", "bo", "NY", "1", "Ánn", "n", "o a", "zz"];
    private static readonly string[] NameParts = ["family", "given", "prefix", "text"];
    private static readonly string[] AddressParts = ["line", "city", "state", "postalCode", "country"];
    private static readonly string[] Parameters = ["name", "family", "given", "phonetic", "address", "address-city", "address-state", "address-postalcode", "address-country"];
    private static readonly string[] Modifiers = ["", "", ":exact", ":contains", ":missing"];

    private readonly Random random = new(Seed);
    private readonly Dictionary<string, List<(string Part, string Text)>> patients = [];

    [Fact]
    public async Task What_one_server_writes_the_other_finds_at_once_by_every_parameter()
    {
        await using var app = await RecordServer.StartAsync(server.ConnectionString, []);
        using var other = new FhirClient(RecordServer.AddressOf(app));
        FhirClient[] servers = [server.Fhir, other];
        var found = 0;
        for (var step = 0; step < 150; step++)
        {
            var (writer, reader) = (servers[step % 2], servers[(step + 1) % 2]);
            await ChangeAsync(writer);
            for (var i = 0; i < 3; i++)
            {
                found += await CompareAsync(reader, step);
            }
        }

        Assert.True(found > 1_500, $"only {found} found: the searches say too little");
        Assert.True(await server.ScalarAsync<long>("select count(distinct id) from records.parameter_set") > 30);
    }

    // Creates, updates or deletes one of few.
    private async Task ChangeAsync(FhirClient fhir)
    {
        var id = $"p{random.Next(40)}";
        if (random.Next(8) == 0)
        {
            await fhir.DeleteAsync($"Patient/{id}");
            patients.Remove(id);
            return;
        }

        var parts = NameParts.Concat(AddressParts).Where(_ => random.Next(2) == 0).Select(p => (p, Texts[random.Next(Texts.Length)])).ToList();
        await fhir.StoreAsync(Resource(id, parts));
        patients[id] = parts;
    }

    private async Task<int> CompareAsync(FhirClient fhir, int step)
    {
        var criteria = Enumerable.Range(0, random.Next(1, 3)).Select(_ => Draw()).ToList();
        var query = string.Join('&', criteria.Select(c => $"{c.Parameter}{c.Modifier}={Uri.EscapeDataString(string.Join(',', c.Values))}"));
        var expected = patients.Where(p => criteria.All(c => Holds(c, p.Value))).Select(p => p.Key).Order(StringComparer.Ordinal).ToList();
        var ids = await fhir.IdsAsync($"Patient?{query}&_count=100{(random.Next(3) == 0 ? "&_sort=name,-address-city" : "")}");
        Assert.True(
            expected.SequenceEqual(ids.Order(StringComparer.Ordinal)),
            $"seed {Seed}, step {step}: {query}\nexpected {string.Join(' ', expected)}\nfound    {string.Join(' ', ids.Order(StringComparer.Ordinal))}");
        return ids.Count;
    }

    private (string Parameter, string Modifier, string[] Values) Draw()
    {
        var (parameter, modifier) = (Parameters[random.Next(Parameters.Length)], Modifiers[random.Next(Modifiers.Length)]);
        return modifier == ":missing"
            ? (parameter, modifier, [random.Next(2) == 0 ? "true" : "false"])
            : (parameter, modifier, [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => Asked[random.Next(Asked.Length)])]);
    }

    private static bool Holds((string Parameter, string Modifier, string[] Values) criterion, List<(string Part, string Text)> parts)
    {
        var texts = parts.Where(p => IsOf(criterion.Parameter, p.Part)).Select(p => p.Text).ToList();
        return criterion.Modifier switch
        {
            ":missing" => texts.Count == 0 == (criterion.Values[0] == "true"),
            ":exact" => texts.Exists(criterion.Values.Contains),
            ":contains" => texts.Exists(t => criterion.Values.Any(v => FoldedText.Fold(t).Contains(FoldedText.Fold(v), StringComparison.Ordinal))),
            _ => texts.Exists(t => criterion.Values.Any(v => FoldedText.Fold(t).StartsWith(FoldedText.Fold(v), StringComparison.Ordinal))),
        };
    }

    // http://hl7.org/fhir/R4/patient.html#search
    private static bool IsOf(string parameter, string part) => parameter switch
    {
        "name" or "phonetic" => NameParts.Contains(part),
        "family" or "given" => part == parameter,
        "address" => AddressParts.Contains(part),
        _ => parameter.Equals($"address-{part}", StringComparison.OrdinalIgnoreCase),
    };

    private static JsonObject Resource(string id, List<(string Part, string Text)> parts)
    {
        var patient = new JsonObject { ["resourceType"] = "Patient", ["id"] = id };
        foreach (var (part, text) in parts)
        {
            var element = NameParts.Contains(part) ? "name" : "address";
            var holder = (patient[element] ??= new JsonArray(new JsonObject()))[0]!.AsObject();
            holder[part] = part is "given" or "prefix" or "line" ? new JsonArray(text) : text;
        }

        return patient;
    }
}
