using System.Globalization;
using System.Security.Cryptography;
using Salus.Records.Tests.Support;
using Salus.TestSupport;
using Xunit.Abstractions;

namespace Salus.Records.Tests.Search.Oracle;

/// <summary>
/// Random queries over Synthea, MIMIC and the examples of R4, against an oracle that evaluates the published FHIRPath expression of every parameter on every
/// resource. It shares nothing with the index: not how values are read from a resource, nor how they are compared.
/// SALUS_ORACLE_QUERIES=50000 asks more, and SALUS_ORACLE_SEED repeats a run.
/// </summary>
public sealed class SearchOracleTests(SearchOracleTests.Server server, ITestOutputHelper output) : IClassFixture<SearchOracleTests.Server>
{
    private const int FixedQueries = 500;
    private const int RandomQueries = 200;
    private const int MostShown = 25;
    private static readonly int[] Seeds = [1, 2, 3];

    [DataFact(OracleData.SyntheaFile, OracleData.MimicFolder, OracleData.ExamplesFolder)]
    public async Task Random_queries_find_what_looking_at_every_resource_finds()
    {
        var store = await OracleData.LoadAsync(server);
        var comparison = new OracleComparison(store, server.Fhir);
        var tally = new OracleTally();
        foreach (var seed in Seeds)
        {
            await RunAsync(store, comparison, seed, FixedQueries, tally);
        }

        var known = tally.Counts;
        var queries = Environment.GetEnvironmentVariable("SALUS_ORACLE_QUERIES") is { Length: > 0 } stated ? int.Parse(stated, CultureInfo.InvariantCulture) : RandomQueries;
        var drawn = Environment.GetEnvironmentVariable("SALUS_ORACLE_SEED") is { Length: > 0 } again ? int.Parse(again, CultureInfo.InvariantCulture) : RandomNumberGenerator.GetInt32(1000, int.MaxValue);
        output.WriteLine($"{store.Count} resources of {store.Types.Count} types; seeds {string.Join(' ', Seeds)}, and {queries} queries of SALUS_ORACLE_SEED={drawn}");
        await RunAsync(store, comparison, drawn, queries, tally);
        output.WriteLine(tally.ToString());
        Assert.True(tally.Differences.Count == 0, $"{tally.DifferenceCount} of {tally.Queries} queries differ (SALUS_ORACLE_SEED={drawn} repeats the random ones):\n{string.Join('\n', tally.Differences)}");
        Assert.Null(ConformancePage.Difference(Sources.Root, Section(known, store.Count)));
        Assert.True(tally.Answered >= tally.Queries * 0.9, $"only {tally.Answered} of {tally.Queries} were answered");
        Assert.True(tally.Found >= tally.Queries * 0.45, $"only {tally.Found} of {tally.Queries} found anything");
    }

    private static ConformanceSection Section(IReadOnlyList<ConformanceCount> counts, int resources) => new(
        "search-oracle",
        "Search, against looking at every resource",
        $"""
        Random queries (seeds {string.Join(", ", Seeds)}) over {resources:N0} resources: Synthea, MIMIC-IV demo, the examples of R4, and edge cases. An oracle evaluates the published FHIRPath expression of each
        parameter on every resource and compares values as the R4 search page says; it shares no code with the index. Ids, totals, orders, pages and inclusions have to be the
        same. Counted by what a query is mainly about; it may have up to three more criteria of any kind. Run by
        `tests/Records.Tests/Search/Oracle/SearchOracleTests.cs`; where R4 leaves a choice, [records.md](modules/records.md#where-r4-leaves-a-choice) says what Salus does.
        """.ReplaceLineEndings("\n"),
        counts,
        []);

    private static async Task RunAsync(OracleStore store, OracleComparison comparison, int seed, int queries, OracleTally tally)
    {
        var generator = new OracleGenerator(store, seed, comparison.Address);
        for (var n = 0; n < queries; n++)
        {
            var query = generator.Draw(n);
            var (verdict, found, text) = await comparison.RunAsync(query);
            if (verdict == OracleVerdict.Different && tally.Differences.Count < MostShown)
            {
                tally.Differences.Add($"seed {seed}, query {n}: {await comparison.ExplainAsync(query, text)}");
            }

            tally.Add(query.Kind, verdict, found);
        }
    }

    /// <summary>Takes what has the structure of R4: the data breaks some of the invariants.</summary>
    public sealed class Server : RecordServer
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Salus:Records:Validation", "Off"), new("Salus:Records:BulkValidation", "Off")];
    }
}

/// <summary>Counts verdicts.</summary>
internal sealed class OracleTally
{
    private readonly SortedDictionary<string, (int Same, int All)> byKind = new(StringComparer.Ordinal);

    public List<string> Differences { get; } = [];

    public int DifferenceCount { get; private set; }

    public int Queries { get; private set; }

    public int Answered { get; private set; }

    /// <summary>How many had at least one match.</summary>
    public int Found { get; private set; }

    public IReadOnlyList<ConformanceCount> Counts => [.. byKind.Select(k => new ConformanceCount(k.Key, k.Value.Same, k.Value.All))];

    public void Add(string kind, OracleVerdict verdict, int found)
    {
        var (same, all) = byKind.GetValueOrDefault(kind);
        byKind[kind] = (same + (verdict == OracleVerdict.Different ? 0 : 1), all + 1);
        Queries++;
        DifferenceCount += verdict == OracleVerdict.Different ? 1 : 0;
        Answered += verdict == OracleVerdict.Same ? 1 : 0;
        Found += found > 0 ? 1 : 0;
    }

    public override string ToString() => $"{Queries} queries, {Answered} answered, {Found} found something, {DifferenceCount} differ\n{string.Join('\n', Counts.Select(c => $"{c.Kind}: {c.Passed} of {c.Total}"))}";
}
