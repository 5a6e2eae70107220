using Microsoft.Extensions.Logging.Abstractions;
using Salus.Kernel;
using Salus.Monitoring.Flow;
using Salus.Monitoring.History;
using Salus.Monitoring.Storage;
using Salus.Monitoring.Summaries;
using Salus.Monitoring.Tests.Support;

namespace Salus.Monitoring.Tests.Summaries;

public sealed class MinuteSummaryTests(TelemetryServer server) : IClassFixture<TelemetryServer>
{
    private const long Start = SampleStore.Start;

    [Fact]
    public async Task Each_minute_becomes_one_Observation_also_after_a_crash()
    {
        var series = await server.SeriesAsync("p1", "heart-rate");
        await server.TakeAsync([.. Enumerable.Range(0, 60).Select(i => new Sample(series.Number, Start + (i * 1000), 60_000 + (i * 1000), 0))]);
        // Some of the minute in blocks, the rest not yet.
        await server.Get<Flusher>().FlushAsync(series.Partition, default);
        await server.TakeAsync(new Sample(series.Number, Start + 500, 60_000, 0), new Sample(series.Number, Start + 60_000, 99_000, 0));
        Assert.Equal(1, await At(Start + 60_000 + MinuteSummaries.Grace).StepAsync(default));
        await ForgetAsync();
        Assert.Equal(1, await At(Start + 60_000 + MinuteSummaries.Grace).StepAsync(default));
        Assert.Equal(1, await At(Start + 120_000 + MinuteSummaries.Grace).StepAsync(default));
        Assert.Equal(0, await At(Start + 120_000 + MinuteSummaries.Grace).StepAsync(default));

        var (_, found) = await server.GetAsync("/fhir/Observation?subject=Patient/p1&code=http://loinc.org|8867-4&category=vital-signs&_sort=date&_total=accurate");
        Assert.Equal(2, found.GetProperty("total").GetInt32());
        var first = found.GetProperty("entry")[0].GetProperty("resource");
        // 60 values from 60 to 119, and one of 60: 5430 / 61.
        Assert.Equal(89.016m, first.GetProperty("valueQuantity").GetProperty("value").GetDecimal());
        Assert.Equal("/min", first.GetProperty("valueQuantity").GetProperty("code").GetString());
        Assert.Equal("1", first.GetProperty("meta").GetProperty("versionId").GetString());
        Assert.Equal("Device/d1", first.GetProperty("device").GetProperty("reference").GetString());
        Assert.Equal("2030-01-01T10:00:00.000Z", first.GetProperty("effectivePeriod").GetProperty("start").GetString());
    }

    private MinuteSummaries At(long now) => new(
        server.Get<Salus.Records.Record>(), server.Get<SampleHistory>(), server.Get<SeriesBook>(), server.Get<HeadTable>(), server.Get<SampleOwner>(), server.Get<Database>(), new MonitoringOptions { SummaryMinutes = 1 }, new Clock(now),
        NullLogger<MinuteSummaries>.Instance);

    // As if the process had died between the Observations and the note that they are there.
    private async Task ForgetAsync()
    {
        await using var command = server.Source.CreateCommand("delete from monitoring.summarized");
        await command.ExecuteNonQueryAsync();
    }

    private sealed class Clock(long now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(now);
    }
}
