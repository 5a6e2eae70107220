using System.Net;
using System.Text.Json;
using Salus.Kernel;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Models;
using Salus.Monitoring.Monitors;
using Salus.Monitoring.Tests.Support;
using Salus.TestSupport;

namespace Salus.Monitoring.Tests.Models;

/// <summary>What models send: over HTTP and from within, with the state and the alert that come of it.</summary>
public sealed class ModelScoreTests(TelemetryServer server) : IClassFixture<TelemetryServer>
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());

    [Fact]
    public async Task A_score_is_stored_shown_with_the_patient_and_raises_an_alert_that_names_model_and_version()
    {
        await MeasureAsync("p1");
        await RuleAsync("sepsis-model", """{"model":"sepsis-ml","atLeast":0.8,"clear":0.7}""");
        Assert.Equal("""{"stored":1,"duplicates":0,"hidden":[]}""", (await PostAsync(Body("sepsis-ml", "2.1", ("p1", Now, 0.91m)), HttpStatusCode.OK)).ToString());

        var state = (await server.GetAsync("/monitoring/patients/p1")).Body.GetProperty("state");
        var model = state.GetProperty("models").EnumerateArray().Single(m => m.GetProperty("name").GetString() == "sepsis-ml");
        Assert.Equal(("2.1", 0.91m, false, "rising lactate"), (model.GetProperty("version").GetString(), model.GetProperty("value").GetDecimal(), model.GetProperty("stale").GetBoolean(), model.GetProperty("explanation").GetString()));
        Assert.Equal("lactate", model.GetProperty("inputs")[0].GetProperty("name").GetString());

        var alert = await AlertAsync("p1", "sepsis-model", a => a.GetProperty("status").GetString() != "resolved");
        Assert.Equal(("sepsis-ml", "2.1"), (alert.GetProperty("why").GetProperty("model").GetProperty("name").GetString(), alert.GetProperty("why").GetProperty("model").GetProperty("version").GetString()));
        Assert.Contains(server.Told, e => e is { Kind: AuditKind.Create, Type: "model-score", Detail: "sepsis-ml 2.1" } && e.Patients.SequenceEqual(["p1"]));

        // Below the end of the rule it is over.
        await PostAsync(Body("sepsis-ml", "2.2", ("p1", Now.AddSeconds(1), 0.5m)), HttpStatusCode.OK);
        await AlertAsync("p1", "sepsis-model", a => a.GetProperty("status").GetString() == "resolved");

        var series = (await server.GetAsync($"/monitoring/patients/p1/scores?model=sepsis-ml&to={Now.AddMinutes(1).ToUnixTimeMilliseconds()}")).Body;
        Assert.Equal([(0.5m, "2.2"), (0.91m, "2.1")], series.EnumerateArray().Select(s => (s.GetProperty("value").GetDecimal(), s.GetProperty("version").GetString()!)));
        Assert.Single((await server.GetAsync($"/monitoring/patients/p1/scores?count=1&to={Now.AddMinutes(1).ToUnixTimeMilliseconds()}")).Body.EnumerateArray());
    }

    [Fact]
    public async Task The_first_of_a_moment_stays_and_an_older_one_changes_nothing_that_is_shown()
    {
        await MeasureAsync("p2");
        await PostAsync(Body("twice", "1", ("p2", Now, 1)), HttpStatusCode.OK);
        Assert.Equal("""{"stored":1,"duplicates":1,"hidden":[]}""", (await PostAsync(Body("twice", "1", ("p2", Now, 2), ("p2", Now.AddHours(-2), 3)), HttpStatusCode.OK)).ToString());
        Assert.Equal(1, (await ModelAsync("p2", "twice")).GetProperty("value").GetDecimal());
    }

    [Fact]
    public async Task A_score_that_counts_no_more_is_shown_as_stale()
    {
        await MeasureAsync("p2");
        await PostAsync(Body("stale", "1", ("p2", Now.AddHours(-3), 0.9m)), HttpStatusCode.OK);
        Assert.True((await ModelAsync("p2", "stale")).GetProperty("stale").GetBoolean());
    }

    [Fact]
    public async Task Modules_send_through_the_port_and_what_was_sent_outlives_the_process()
    {
        await MeasureAsync("p2");
        var taken = await server.Get<ModelScores>().PutAsync(Caller.Local, [new ModelScore("p2", "inside", "7", 12.3456789m, Now) { Inputs = [new ModelInput("age", 60)] }, new ModelScore("p9", "inside", "7", 1, Now)], default);
        Assert.Equal((1, 0, "p9"), (taken.Value.Stored, taken.Value.Duplicates, Assert.Single(taken.Value.Hidden)));
        Assert.Equal(12.345679m, (await ModelAsync("p2", "inside")).GetProperty("value").GetDecimal());
        var kept = await server.Get<ModelScoreTable>().SinceAsync(Now.AddDays(-1), default);
        var one = kept.Single(s => s.Reading.Model == "inside");
        var book = new ModelBook();
        Assert.True(book.Put(one.Tenant, one.Patient, one.Reading));
        Assert.Equal(("7", 12.345679m), (book.Of(Tenant.Default, "p2", Now.ToUnixTimeMilliseconds())[0].Version, book.Of(Tenant.Default, "p2", Now.ToUnixTimeMilliseconds())[0].Value));
        Assert.Empty(book.Of(Tenant.Default, "p2", Now.AddHours(26).ToUnixTimeMilliseconds()));
    }

    [Theory]
    [InlineData("""{"version":"1","scores":[]}""", "model")]
    [InlineData("""{"model":"m","scores":[]}""", "version")]
    [InlineData("""{"model":"m","version":"1"}""", "scores")]
    [InlineData("""{"model":"m","version":"1","scores":[]}""", "scores")]
    [InlineData("""{"model":"news2","version":"1","scores":[{"patient":"p1","time":"NOW","value":1}]}""", "scores[0].model")]
    [InlineData("""{"model":"m","version":" ","scores":[{"patient":"p1","time":"NOW","value":1}]}""", "scores[0].version")]
    [InlineData("""{"model":"m","version":"1","scores":[{"patient":"p1","time":"NOW","value":null}]}""", "scores[0].value")]
    [InlineData("""{"model":"m","version":"1","scores":[{"patient":"p1","time":"NOW","value":1e12}]}""", "scores[0].value")]
    [InlineData("""{"model":"m","version":"1","scores":[{"patient":"p1","value":1}]}""", "scores[0].time")]
    [InlineData("""{"model":"m","version":"1","scores":[{"patient":"p1","time":"2020-01-01T00:00:00Z","value":1}]}""", "scores[0].time")]
    [InlineData("""{"model":"m","version":"1","scores":[{"patient":"p1","time":"2100-01-01T00:00:00Z","value":1}]}""", "scores[0].time")]
    [InlineData("""{"model":"m","version":"1","validSeconds":5,"scores":[{"patient":"p1","time":"NOW","value":1}]}""", "scores[0].validSeconds")]
    [InlineData("""{"model":"m","version":"1","scores":[{"time":"NOW","value":1}]}""", "scores[0].patient")]
    [InlineData("""{"model":"m","version":"1","scores":[{"patient":"p1","time":"NOW","value":1,"inputs":[{"value":2}]}]}""", "scores[0].inputs")]
    public async Task A_wrong_score_names_its_field_and_nothing_is_stored(string body, string field)
    {
        var answer = await PostAsync(body.Replace("NOW", Now.ToString("O"), StringComparison.Ordinal), HttpStatusCode.BadRequest);
        Assert.Contains(answer.GetProperty("issue").EnumerateArray(), i => i.GetProperty("expression")[0].GetString() == field);
        Assert.Empty((await server.GetAsync("/monitoring/patients/p1/scores?model=m")).Body.EnumerateArray());
    }

    [Fact]
    public async Task Who_may_not_see_the_patient_sends_nothing_and_reads_nothing()
    {
        server.Callers["model"] = new Caller(Tenant.Default, "model") { Permit = new Permit([[]], [Permissions.Scores]) };
        Assert.Equal(HttpStatusCode.Forbidden, (await server.SendAsync(HttpMethod.Post, "/monitoring/scores", Body("m", "1", ("p1", Now, 1)), "model")).Status);
        server.Callers["abroad"] = new Caller(new Tenant(2), "abroad") { Permit = Permit.Everything };
        Assert.Equal("""{"stored":0,"duplicates":0,"hidden":["p1"]}""", (await server.SendAsync(HttpMethod.Post, "/monitoring/scores", Body("m", "1", ("p1", Now, 1)), "abroad")).Body.ToString());
        Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync("/monitoring/patients/p1/scores", "abroad")).Status);
        server.Callers["reader"] = new Caller(Tenant.Default, "reader") { Permit = new Permit([[Grant.Everything]], []) };
        var refused = await server.Get<ModelScores>().PutAsync(server.Callers["reader"], [new ModelScore("p1", "m", "1", 1, Now)], default);
        Assert.Equal(FailureKind.Forbidden, refused.Failure?.Kind);
        Assert.Equal(HttpStatusCode.BadRequest, (await server.GetAsync("/monitoring/patients/p1/scores?count=0")).Status);
    }

    private static string Body(string model, string version, params (string Patient, DateTimeOffset Time, decimal Value)[] scores) => JsonSerializer.Serialize(
        new { model, version, scores = scores.Select(s => new { s.Patient, s.Time, s.Value, explanation = "rising lactate", inputs = new[] { new { name = "lactate", value = 3.1m, unit = "mmol/L" } } }) }, JsonSerializerOptions.Web);

    // Rules judge whom devices measure.
    private async Task MeasureAsync(string patient)
    {
        var series = await server.SeriesAsync(patient, "heart-rate");
        await server.Get<SampleFlow>().TakeAsync(new[] { new Sample(series.Number, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), 72_000, 0) }, default);
        await Eventually.TrueAsync(() => server.Get<MonitorBook>().Find(Tenant.Default, patient) is not null);
    }

    private async Task RuleAsync(string name, string when) =>
        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync(HttpMethod.Put, $"/monitoring/rules/{name}", $$"""{"name":"{{name}}","title":"The model says so","priority":"medium","when":{{when}}}""")).Status);

    private async Task<JsonElement> PostAsync(string body, HttpStatusCode expected)
    {
        var (status, answer) = await server.SendAsync(HttpMethod.Post, "/monitoring/scores", body);
        Assert.True(status == expected, $"{status} {answer}");
        return answer;
    }

    private async Task<JsonElement> ModelAsync(string patient, string model) =>
        (await server.GetAsync($"/monitoring/patients/{patient}")).Body.GetProperty("state").GetProperty("models").EnumerateArray().Single(m => m.GetProperty("name").GetString() == model);

    private async Task<JsonElement> AlertAsync(string patient, string rule, Func<JsonElement, bool> wanted)
    {
        JsonElement found = default;
        await Eventually.TrueAsync(async () => (found = (await server.GetAsync($"/monitoring/alerts?status=all&patient={patient}")).Body.EnumerateArray().FirstOrDefault(a => a.GetProperty("rule").GetString() == rule && wanted(a))).ValueKind == JsonValueKind.Object);
        return found;
    }
}
