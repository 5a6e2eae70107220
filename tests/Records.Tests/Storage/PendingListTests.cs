using Salus.Records.Tests.Support;
using Salus.TestSupport;

namespace Salus.Records.Tests.Storage;

public sealed class PendingListTests(RecordServer server) : IClassFixture<RecordServer>
{
    [Fact]
    public async Task When_writing_pauses_nothing_waits_in_front_of_the_inverted_indexes()
    {
        await server.ScalarAsync<long>("create extension pageinspect schema public; select 1::bigint");
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => server.Fhir.StoreAsync(Samples.Patient($"waits-{i}", $"Waiting{i}"))));
        await Eventually.TrueAsync(async () => await PagesAsync("current_exact") == 0 && await PagesAsync("string_value_trigram") == 0, seconds: 60);
        Assert.Equal(50, (await server.Fhir.SearchAsync("Patient?family:contains=aiting&_summary=count")).Json["total"]!.GetValue<int>());
    }

    private Task<long> PagesAsync(string index) =>
        server.ScalarAsync<long>($"select n_pending_pages::bigint from public.gin_metapage_info(public.get_raw_page('records.{index}', 0))");
}
