using System.Net;
using Salus.Kernel;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Tests.Support;

namespace Salus.Monitoring.Tests.History;

public sealed class HistoryRouteTests(TelemetryServer server) : IClassFixture<TelemetryServer>
{
    private const long Start = SampleStore.Start;

    [Fact]
    public async Task A_patients_samples_are_answered_in_units_and_the_trail_is_told()
    {
        var series = await server.SeriesAsync("p1", "temperature");
        await server.TakeAsync(new(series.Number, Start, 36_600, 0), new(series.Number, Start + 1000, 37_100, SampleFlags.Questionable), new(series.Number, Start + 60_000, 38_000, 0));
        var (status, body) = await server.GetAsync($"/telemetry/p1?metric=8310-5&from={Start}&to=2030-01-01T12:00:00%2B01:00&resolution=raw");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(
            $$"""{"patient":"p1","metric":"temperature","unit":"Cel","resolution":"raw","series":[{"device":"d1","points":[[{{Start}},36.6,0],[{{Start + 1000}},37.1,4],[{{Start + 60_000}},38,0]]}]}""", body.ToString());
        (_, body) = await server.GetAsync($"/telemetry/p1?metric=temperature&from={Start}&to={Start + 120_000}&resolution=minute");
        Assert.Equal(
            $$"""{"patient":"p1","metric":"temperature","unit":"Cel","resolution":"minute","series":[{"device":"d1","points":[[{{Start}},36.6,37.1,36.85,2,37.1],[{{Start + 60_000}},38,38,38,1,38]]}]}""", body.ToString());
        Assert.Contains(server.Told, e => e is { Kind: AuditKind.Read, Type: "Observation", Outcome: AuditOutcome.Success } && e.Patients.SequenceEqual(["p1"]) && e.Query!.Contains("resolution=minute", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1_000, "raw")]
    [InlineData(86_400_000, "minute")]
    [InlineData(864_000_000, "hour")]
    public async Task Without_a_resolution_the_answer_is_as_fine_as_a_chart_can_show(long length, string resolution)
    {
        var (_, body) = await server.GetAsync($"/telemetry/p1?metric=heart-rate&from={Start}&to={Start + length}");
        Assert.Equal(resolution, body.GetProperty("resolution").GetString());
    }

    [Fact]
    public async Task Samples_become_an_Observation_with_gaps_where_there_are_none()
    {
        var series = await server.SeriesAsync("p2", "heart-rate");
        await server.TakeAsync([.. new[] { 0, 1, 2, 4, 5 }.Select(i => new Sample(series.Number, Start + (i * 1000), 70_000 + (i * 1000), 0))]);
        var (status, body) = await server.GetAsync($"/telemetry/p2/Observation?metric=heart-rate&from={Start}&to={Start + 10_000}");
        Assert.Equal(HttpStatusCode.OK, status);
        var observation = body.GetProperty("entry")[0].GetProperty("resource");
        Assert.Equal("70 71 72 E 74 75", observation.GetProperty("valueSampledData").GetProperty("data").GetString());
        Assert.Equal(1000, observation.GetProperty("valueSampledData").GetProperty("period").GetInt32());
        Assert.Equal("Patient/p2", observation.GetProperty("subject").GetProperty("reference").GetString());
        Assert.Equal("2030-01-01T10:00:05.000Z", observation.GetProperty("effectivePeriod").GetProperty("end").GetString());
    }

    [Theory]
    [InlineData("", "metric")]
    [InlineData("metric=pulse", "metric")]
    [InlineData("metric=heart-rate&from=yesterday", "from")]
    [InlineData("metric=heart-rate&to=2030-01-01T10:00:00", "to")]
    [InlineData("metric=heart-rate&from=99999999999999999999", "from")]
    [InlineData("metric=heart-rate&from=2000&to=1000", "from")]
    [InlineData("metric=heart-rate&resolution=second", "resolution")]
    [InlineData("metric=heart-rate&points=0", "points")]
    public async Task A_wrong_parameter_is_named(string query, string field)
    {
        var (status, body) = await server.GetAsync($"/telemetry/p1?{query}");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(field, body.GetProperty("issue")[0].GetProperty("expression")[0].GetString());
    }

    [Fact]
    public async Task Whom_the_caller_may_not_see_is_not_there()
    {
        var (status, body) = await server.GetAsync("/telemetry/p9?metric=heart-rate");
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Equal("patient", body.GetProperty("issue")[0].GetProperty("expression")[0].GetString());
        server.Callers["nobody"] = new Caller(Tenant.Default, "nobody at all") { Permit = Permit.Nothing };
        Assert.Equal(HttpStatusCode.Forbidden, (await server.GetAsync("/telemetry/p1?metric=heart-rate", "nobody")).Status);
        Assert.Contains(server.Told, e => e is { Kind: AuditKind.Denied, Caller.Actor: "nobody at all" } && e.Patients.SequenceEqual(["p1"]));
        server.Callers["abroad"] = new Caller(new Tenant(2), "abroad") { Permit = Permit.Everything };
        Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync("/telemetry/p1?metric=heart-rate", "abroad")).Status);
    }
}
