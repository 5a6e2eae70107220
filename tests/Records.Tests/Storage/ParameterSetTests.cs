using Salus.Fhir.Definitions;
using Salus.Fhir.Search;
using Salus.Kernel;
using Salus.Records.Storage;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Storage;

/// <summary>Numbers for sets of parameters, and texts that are known to be stored.</summary>
public sealed class ParameterSetTests(RecordServer server) : IClassFixture<RecordServer>
{
    [Fact]
    public async Task Processes_that_learn_the_same_sets_at_once_give_them_one_number()
    {
        var catalogs = new List<Catalog>();
        for (var i = 0; i < 4; i++)
        {
            var catalog = new Catalog(server.Get<Kernel.Database>(), new SearchParameterSet(FhirDefinitions.R4));
            await catalog.LoadAsync(CancellationToken.None);
            catalogs.Add(catalog);
        }

        int[][] sets = [.. Enumerable.Range(1, 40).Select(i => new[] { i, 10_000 + i }), [20_001, 20_002, 20_003], [20_001, 20_002]];
        await Task.WhenAll(catalogs.SelectMany((c, n) => sets.Skip(n * 5).Concat(sets.Take(n * 5)).Select(s => c.ParameterSets.LearnAsync([s, s], CancellationToken.None).AsTask())));

        var numbers = sets.Select(s => catalogs.Select(c => c.ParameterSets.Number(s)).Distinct().Single()).ToList();
        Assert.Equal(sets.Length, numbers.Distinct().Count());
        Assert.All(numbers, n => Assert.True(n < 0));
        Assert.Equal(sets.Sum(s => s.Length), await server.ScalarAsync<long>("select count(*) from records.parameter_set where id in (select id from records.parameter_set where parameter > 10000)"));
    }

    [Fact]
    public void A_parameter_alone_has_its_own_number() => Assert.Equal(17, server.Get<Catalog>().ParameterSets.Number([17]));

    [Fact]
    public void Known_texts_are_forgotten_in_bounded_memory_and_when_the_log_goes_back()
    {
        var known = new KnownValues();
        known.At(0);
        known.Add([(1, "kept"), (1, new string('x', 200))], 5);
        Assert.True(known.Contains((1, "kept")));
        Assert.False(known.Contains((2, "kept")));
        Assert.False(known.Contains((1, new string('x', 200))));

        for (var i = 0; i < 6; i++)
        {
            known.Add(Enumerable.Range(0, 10_000).Select(n => (1, $"{i}-{n}")), 6 + i);
            // What is used stays.
            Assert.True(known.Contains((1, "kept")));
        }

        Assert.False(known.Contains((1, "0-0")));
        Assert.True(known.Contains((1, "5-9999")));
        known.At(11);
        Assert.True(known.Contains((1, "kept")));
        known.At(10);
        Assert.False(known.Contains((1, "kept")));
    }

    [Fact]
    public async Task A_text_whose_first_commit_failed_is_stored_with_the_next()
    {
        var committer = server.Get<Committer>();
        var preparation = server.Get<Preparation>();
        var document = preparation.Read(System.Text.Encoding.UTF8.GetBytes(Samples.Patient("fails", "Nevernamed").ToJsonString())).Value;
        var write = (await preparation.WriteAsync(document.Root, Tenant.Default, "fails", expected: 0, fresh: false, map: null, CancellationToken.None)).Value;
        write.Strings.Add(new IndexedString(1, "a\0b", "a\0b"));
        Assert.True((await committer.CommitAsync(new WriteSet(Kernel.Caller.Local, [write]), CancellationToken.None)).Failed(out _));
        Assert.Empty(await server.Fhir.IdsAsync("Patient?family:contains=vernam"));

        await server.Fhir.StoreAsync(Samples.Patient("holds", "Nevernamed"));
        Assert.Equal(["holds"], await server.Fhir.IdsAsync("Patient?family:contains=vernam"));
    }
}
