using System.Net;
using System.Text.Json;
using Salus.Kernel;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Replay;
using Salus.Monitoring.Tests.Support;

namespace Salus.Monitoring.Tests.Replay;

/// <summary>A replay over HTTP: what it says, to whom, and what it leaves alone.</summary>
public sealed class ReplayRouteTests(TelemetryServer server) : IClassFixture<TelemetryServer>, IAsyncLifetime
{
    private const string Path = "/monitoring/rules/tachycardia/replay";
    private static readonly long Hour = DateTimeOffset.UtcNow.AddHours(-30).ToUnixTimeMilliseconds() / 3_600_000 * 3_600_000;

    // p1 has a fast heart for five minutes and for two, p2 for two; people acted upon the first of p1.
    public async Task InitializeAsync()
    {
        var (one, other) = (await server.SeriesAsync("p1", "heart-rate"), await server.SeriesAsync("p2", "heart-rate"));
        if ((await server.GetAsync("/monitoring/alerts?status=all&patient=p1")).Body.GetArrayLength() > 0)
        {
            return;
        }

        await server.TakeAsync([.. Fast(one, 0, 5), .. Fast(one, 60, 2), .. Fast(other, 20, 2)]);
        await using var command = server.Source.CreateCommand(
            $"""
            insert into monitoring.alert (id, tenant, patient, rule, rule_version, title, priority, status, raised_at, acknowledged_at, acknowledged_by, reason, resolved_at, resolved_by, steps, why)
            values (gen_random_uuid(), 1, 'p1', 'tachycardia', 0, 'x', 3, 5, to_timestamp({(Hour / 1000) + 20}), to_timestamp({(Hour / 1000) + 200}), 'nurse A', 'fluids', to_timestamp({(Hour / 1000) + 300}), 'rule', '[]', '{"{}"}'),
                (gen_random_uuid(), 1, 'p1', 'tachycardia', 0, 'x', 3, 5, to_timestamp({(Hour / 1000) + 3620}), to_timestamp({(Hour / 1000) + 3640}), 'nurse A', 'Artefact', to_timestamp({(Hour / 1000) + 3720}), 'rule', '[]', '{"{}"}')
            """);
        await command.ExecuteNonQueryAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_longer_delay_has_fewer_alerts_and_keeps_those_that_people_acted_upon()
    {
        var (status, body) = await server.SendAsync(HttpMethod.Post, Path, Body("""{"name":"tachycardia","title":"Heart rate of 140 or more","priority":"high","when":{"metric":"heart-rate","atLeast":140,"clear":130},"delaySeconds":180}"""));
        Assert.Equal(HttpStatusCode.OK, status);
        var (before, after) = (body.GetProperty("before"), body.GetProperty("after"));
        Assert.Equal((3, 1), (before.GetProperty("alerts").GetInt32(), after.GetProperty("alerts").GetInt32()));
        Assert.Equal((1, 1), (after.GetProperty("actedUpon").GetProperty("of").GetInt32(), after.GetProperty("actedUpon").GetProperty("raised").GetInt32()));
        Assert.Equal((1, 1), (after.GetProperty("outcomes").GetProperty("of").GetInt32(), after.GetProperty("outcomes").GetProperty("raised").GetInt32()));
        Assert.Equal((2, 2), (body.GetProperty("stored").GetProperty("of").GetInt32(), body.GetProperty("stored").GetProperty("raised").GetInt32()));
        Assert.Equal((2, 0), (body.GetProperty("goneCount").GetInt32(), body.GetProperty("comeCount").GetInt32()));
        Assert.Equal(["p2", "p1"], body.GetProperty("gone").EnumerateArray().Select(g => g.GetProperty("patient").GetString()));
        // From the delay on until the heart is calm again: of 120, 120 and 300 seconds that it is fast.
        Assert.Equal((100, 120), (before.GetProperty("medianSeconds").GetDouble(), after.GetProperty("medianSeconds").GetDouble()));
        Assert.Contains(server.Told, e => e is { Kind: AuditKind.Operation, Type: "alert-rule", Id: "tachycardia" } && e.Patients.Contains("p2"));

        // Nothing came of it.
        Assert.Equal(2, (await server.GetAsync("/monitoring/alerts?status=all")).Body.GetArrayLength());
        Assert.Equal(20, (await server.GetAsync("/monitoring/rules/tachycardia")).Body.GetProperty("delaySeconds").GetInt32());
    }

    [Fact]
    public async Task Who_may_not_see_a_patient_sees_that_somebody_had_an_alert()
    {
        server.Callers["manager of p1"] = new Caller(Tenant.Default, "manager") { Permit = new Permit([[Grant.Everything with { Reach = Reach.Of("p1") }]], []) };
        var (_, body) = await server.SendAsync(HttpMethod.Post, Path, Body("""{"name":"tachycardia","title":"x","priority":"high","active":false,"when":{"metric":"heart-rate","atLeast":140}}"""), "manager of p1");
        Assert.Equal(["p1", null, "p1"], body.GetProperty("gone").EnumerateArray().Select(g => g.GetProperty("patient").GetString()));
    }

    [Fact]
    public async Task Who_wants_lines_gets_the_result_as_the_last_one()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = new StringContent(Body(null), System.Text.Encoding.UTF8, "application/json") };
        request.Headers.Accept.ParseAdd("application/x-ndjson");
        var lines = (await server.TextAsync(request)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.All(lines[..^1], l => Assert.InRange(l.GetProperty("done").GetDouble(), 0, 1));
        Assert.Equal(3, lines[^1].GetProperty("result").GetProperty("before").GetProperty("alerts").GetInt32());
    }

    [Fact]
    public async Task One_runs_at_a_time()
    {
        Assert.True(server.Get<ReplayTurn>().TryTake());
        Assert.Equal(HttpStatusCode.TooManyRequests, (await server.SendAsync(HttpMethod.Post, Path, Body(null))).Status);
        server.Get<ReplayTurn>().Give();
        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync(HttpMethod.Post, Path, Body(null))).Status);
    }

    [Theory]
    [InlineData("""{"from":"2020-01-01T00:00:00Z"}""", "from")]
    [InlineData("""{"from":"2126-01-01T00:00:00Z"}""", "from")]
    [InlineData("""{"rule":{"name":"bradycardia","title":"x","priority":"high","when":{"metric":"heart-rate","atMost":40}}}""", "rule.name")]
    [InlineData("""{"rule":{"name":"tachycardia","title":"x","priority":"high","when":{"metric":"heart-rate","atLeast":140},"delaySeconds":-1}}""", "rule.delaySeconds")]
    public async Task A_wrong_question_names_the_field(string body, string field)
    {
        var (status, answer) = await server.SendAsync(HttpMethod.Post, Path, body);
        Assert.Equal((HttpStatusCode.BadRequest, field), (status, answer.GetProperty("issue")[0].GetProperty("expression")[0].GetString()));
    }

    [Fact]
    public async Task A_rule_that_is_not_there_has_to_be_sent()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await server.SendAsync(HttpMethod.Post, "/monitoring/rules/fast/replay", "{}")).Status);
        var (_, body) = await server.SendAsync(HttpMethod.Post, "/monitoring/rules/fast/replay", Body("""{"name":"fast","title":"x","priority":"low","when":{"metric":"heart-rate","atLeast":120}}"""));
        Assert.Equal((0, 3, 3), (body.GetProperty("before").GetProperty("alerts").GetInt32(), body.GetProperty("after").GetProperty("alerts").GetInt32(), body.GetProperty("comeCount").GetInt32()));
    }

    private static string Body(string? rule) =>
        $$"""{"from":"{{DateTimeOffset.FromUnixTimeMilliseconds(Hour - 600_000):o}}","to":"{{DateTimeOffset.FromUnixTimeMilliseconds(Hour + 7_200_000):o}}"{{(rule is null ? "" : $",\"rule\":{rule}")}}}""";

    // From a minute on, for so many minutes, with half a minute of calm behind it.
    private static IEnumerable<Sample> Fast(Series series, int minute, int minutes) =>
        Enumerable.Range(0, (minutes * 12) + 6).Select(i => new Sample(series.Number, Hour + (minute * 60_000L) + (i * 5_000), (i < minutes * 12 ? 150 : 80) * Sample.Scale, SampleFlags.None));
}
