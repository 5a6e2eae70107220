using System.Text.Json.Nodes;
using Salus.Kernel;
using Salus.Records.Tests.Export;
using Salus.Records.Tests.Subscriptions;
using Salus.Records.Tests.Support;
using Salus.TestSupport;

namespace Salus.Records.Tests.Access;

/// <summary>What is done later, told to others, or made of many resources: jobs, subscriptions, views. None of it is a way around.</summary>
public sealed class LaterAccessTests(LaterRecord server) : IClassFixture<LaterRecord>
{
    private readonly FhirClient fhir = server.Fhir;

    [Fact]
    public async Task An_export_has_what_its_maker_may_search_and_nobody_else_gets_it()
    {
        await StoreAsync("ea", "eb");
        var me = LaterRecord.As([AccessRecord.Of("ea")], Permissions.Export);
        var another = LaterRecord.As([Grant.Everything], Permissions.Export);
        var location = await BeginAsync("$export?_type=Patient,Observation", me);

        var manifest = await EndAsync(location, me);
        var lines = new List<string>();
        foreach (var output in manifest["output"]!.AsArray())
        {
            var url = (string)output!["url"]!;
            Assert.Equal(404, (await fhir.GetAsync(url, another)).Status);
            lines.AddRange((await fhir.GetAsync(url, me, ("Accept", "application/fhir+ndjson"))).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }

        Assert.Equal(["Observation/ea-o", "Patient/ea"], lines.Select(Name).Order(StringComparer.Ordinal));
        Assert.Equal(404, (await fhir.GetAsync(location, another)).Status);
        Assert.Equal(404, (await fhir.DeleteAsync(location, another)).Status);
        Assert.True((bool)manifest["requiresAccessToken"]!);
    }

    [Fact]
    public async Task An_export_of_what_is_no_more_the_makers_at_its_time_does_not_show_it()
    {
        await fhir.StoreAsync(AccessRecord.Observation("gone-o", "ga"));
        await fhir.StoreAsync(AccessRecord.Observation("came-o", "gb"));
        await fhir.StoreAsync(AccessRecord.Observation("gone-o", "gb"));
        await fhir.StoreAsync(AccessRecord.Observation("came-o", "ga"));
        var me = LaterRecord.As([AccessRecord.Of("ga")], Permissions.Export);

        var names = await ExportedAsync("$export?_type=Observation", me);
        Assert.Equal(["Observation/came-o"], names);
    }

    [Fact]
    public async Task An_export_needs_the_permission_and_types_that_one_may_search()
    {
        var observations = Grant.Everything with { Type = "Observation" };
        Assert.Equal(403, (await ExportAsync("$export", LaterRecord.As([Grant.Everything]))).Status);
        var some = LaterRecord.As([observations], Permissions.Export);
        Assert.Equal(403, (await ExportAsync("$export?_type=Observation,Patient", some)).Status);
        Assert.Equal(202, (await ExportAsync("$export", some)).Status);
        Assert.Equal(403, (await ExportAsync("$export", LaterRecord.As([], Permissions.Export))).Status);
    }

    [Fact]
    public async Task A_job_of_who_may_not_act_any_more_ends()
    {
        await StoreAsync("la", "lb");
        var me = LaterRecord.As([AccessRecord.Of("la")], Permissions.Export);
        var app = LaterRecord.As([AccessRecord.Of("la")], "an app", [Permissions.Export]);
        // Gone before the runner comes to it, or while it is at it: either way nobody gets anything.
        var location = await BeginAsync("$export?_type=Patient", app);
        RecordServer.Callers.TryRemove(app.Value, out _);
        Assert.Equal(404, (await fhir.GetAsync(location, me)).Status);
        await Eventually.TrueAsync(async () => await server.ScalarAsync<string>($"select state from records.job where id = '{location.Split('/')[^1]}'") is "failed" or "done");
    }

    [Fact]
    public async Task An_import_needs_the_permission()
    {
        var input = new JsonObject { ["inputFormat"] = "application/fhir+ndjson", ["input"] = new JsonArray(new JsonObject { ["type"] = "Patient", ["url"] = "http://127.0.0.1:9/x" }) };
        var answer = await fhir.SendAsync(HttpMethod.Post, "$import", FhirClient.Json(input.ToJsonString()), ("Prefer", "respond-async"), LaterRecord.As([Grant.Everything]));
        Assert.Equal(403, answer.Status);
    }

    [Fact]
    public async Task A_search_that_is_answered_later_shows_what_its_maker_may_see()
    {
        await StoreAsync("sa", "sb");
        var me = LaterRecord.As([AccessRecord.Of("sa")]);
        var location = await BeginAsync("Observation?status=final", me);
        var bundle = (await EndAsync(location, me))["entry"]![0]!["resource"]!;
        Assert.Equal(["sa-o"], bundle["entry"]!.AsArray().Select(e => (string)e!["resource"]!["id"]!));
    }

    [Theory]
    [InlineData("Observation?code=8867-4")]
    [InlineData("Observation")]
    public async Task A_subscription_tells_its_owner_of_what_they_may_search(string criteria)
    {
        var (a, b) = ($"ta{criteria.Length}", $"tb{criteria.Length}");
        await using var hook = await HookEndpoint.StartAsync();
        var me = LaterRecord.As([AccessRecord.Of(a), Grant.Everything with { Type = "Subscription" }]);
        var id = $"mine-{a}";
        Assert.Equal(201, (await fhir.PutAsync(SubscriptionSamples.Classic(id, criteria, hook.Url, "application/fhir+json"), me)).Status);
        await ActiveAsync(id);

        await StoreAsync(b, a);
        // Overtaken versions too: what was another's when it was written is not told when it comes to be mine.
        await fhir.BundleAsync(Samples.Bundle(
            "batch", Samples.Entry("PUT", $"Observation/{b}-o", AccessRecord.Observation($"{b}-o", b, status: "amended")), Samples.Entry("PUT", $"Observation/{a}-o", AccessRecord.Observation($"{a}-o", a, status: "amended"))));
        await hook.GotAsync(2);
        await Eventually.TrueAsync(async () => await server.ScalarAsync<long>("select count(*) from records.feed_consumer where name = 'records.subscriptions' and position = (select position from records.head)") == 1);
        Assert.All(hook.Requests, r => Assert.EndsWith($"/Observation/{a}-o", r.Path, StringComparison.Ordinal));
        Assert.Equal(2L, await server.ScalarAsync<long>($"select events from records.subscription where id = '{id}'"));
    }

    [Fact]
    public async Task A_subscription_of_who_may_not_act_any_more_tells_nothing()
    {
        await using var hook = await HookEndpoint.StartAsync();
        var me = LaterRecord.As([Grant.Everything]);
        await fhir.PutAsync(SubscriptionSamples.Classic("orphan", "Observation?code=orphan", hook.Url), me);
        await ActiveAsync("orphan");
        RecordServer.Callers.TryRemove(me.Value, out _);
        await fhir.StoreAsync(AccessRecord.Observation("orphan-o", "oa", "orphan"));
        await Eventually.TrueAsync(async () => await server.ScalarAsync<long>("select count(*) from records.feed_consumer where name = 'records.subscriptions' and position = (select position from records.head)") == 1);
        Assert.Equal(0L, await server.ScalarAsync<long>("select events from records.subscription where id = 'orphan'"));
        Assert.Empty(hook.Requests);
    }

    [Fact]
    public async Task What_a_subscription_told_is_read_by_its_owner_alone()
    {
        await using var hook = await HookEndpoint.StartAsync();
        var me = LaterRecord.As([Grant.Everything]);
        var another = LaterRecord.As([Grant.Everything]);
        await fhir.PutAsync(SubscriptionSamples.Classic("private", "Observation?code=private", hook.Url), me);
        await ActiveAsync("private");
        foreach (var path in new[] { "Subscription/private/$events", "Subscription/private/$status", "Subscription/private/$events-stream" })
        {
            Assert.Equal(403, (await fhir.GetAsync(path, another)).Status);
        }

        Assert.Equal(200, (await fhir.GetAsync("Subscription/private/$events", me)).Status);
        Assert.DoesNotContain("private", (await fhir.GetAsync("Subscription/$status", another)).Text, StringComparison.Ordinal);
        Assert.Contains("private", (await fhir.GetAsync("Subscription/$status", me)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_view_runs_over_what_its_caller_may_search()
    {
        await StoreAsync("va", "vb");
        var views = Grant.Everything with { Type = "ViewDefinition" };
        Assert.Equal(["va"], await RunAsync(LaterRecord.As([AccessRecord.Of("va"), views], Permissions.Views)));
        Assert.Equal(403, (await RunViewAsync(LaterRecord.As([Grant.Everything]))).Status);
        Assert.Equal(403, (await RunViewAsync(LaterRecord.As([Grant.Everything with { Type = "Observation" }], Permissions.Views))).Status);
    }

    [Fact]
    public async Task Views_themselves_are_for_those_with_a_grant_for_them()
    {
        var view = View();
        view["id"] = "guarded";
        Assert.Equal(201, (await fhir.PutAsync(view.DeepClone())).Status);
        var none = LaterRecord.As([Grant.Everything with { Type = "Patient" }], Permissions.Views);
        foreach (var path in new[] { "ViewDefinition", "ViewDefinition/guarded", "ViewDefinition/guarded/$materialization", "ViewDefinition/guarded/$run" })
        {
            Assert.Equal(403, (await fhir.GetAsync(path, none)).Status);
        }

        Assert.Equal(403, (await fhir.PutAsync(view, none)).Status);
        Assert.Equal(403, (await fhir.DeleteAsync("ViewDefinition/guarded", none)).Status);
    }

    [Fact]
    public async Task An_account_without_grants_asks_no_operation()
    {
        var nobody = LaterRecord.As([]);
        foreach (var path in new[] { "ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/administrative-gender", "CodeSystem/$lookup?system=http://loinc.org&code=1-8", "Patient/$everything", "Observation/$lastn" })
        {
            Assert.Equal(403, (await fhir.GetAsync(path, nobody)).Status);
        }
    }

    private async Task StoreAsync(params string[] patients)
    {
        foreach (var patient in patients)
        {
            await fhir.StoreAsync(AccessRecord.Patient(patient));
            await fhir.StoreAsync(AccessRecord.Observation($"{patient}-o", patient));
        }
    }

    private Task ActiveAsync(string subscription) =>
        Eventually.TrueAsync(async () => await server.ScalarAsync<long>($"select count(*) from records.subscription where id = '{subscription}' and status = 'active'") == 1);

    private Task<Answer> ExportAsync(string path, (string, string) who) => fhir.GetAsync(path, ("Prefer", "respond-async"), ("Accept", "application/fhir+json"), who);

    private async Task<string> BeginAsync(string path, (string, string) who)
    {
        var answer = await ExportAsync(path, who);
        Assert.True(answer.Status == 202, answer.ToString());
        return answer.ContentHeaders.ContentLocation!.ToString();
    }

    private async Task<JsonNode> EndAsync(string location, (string, string) who)
    {
        Answer? answer = null;
        await Eventually.TrueAsync(async () => (answer = await fhir.GetAsync(location, ("Accept", "application/json"), who)).Status != 202);
        Assert.True(answer!.Status == 200, answer.ToString());
        return answer.Json;
    }

    private async Task<List<string>> ExportedAsync(string path, (string, string) who)
    {
        var manifest = await EndAsync(await BeginAsync(path, who), who);
        var names = new List<string>();
        foreach (var output in manifest["output"]!.AsArray())
        {
            var file = await fhir.GetAsync((string)output!["url"]!, who, ("Accept", "application/fhir+ndjson"));
            names.AddRange(file.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Name));
        }

        return names;
    }

    private static string Name(string line) => $"{(string)JsonNode.Parse(line)!["resourceType"]!}/{(string)JsonNode.Parse(line)!["id"]!}";

    private static JsonObject View() => AccessRecord.Parse(
        """
        {"resourceType":"ViewDefinition","name":"guarded","status":"draft","resource":"Patient","select":[{"column":[{"name":"id","path":"id"}]}]}
        """);

    private Task<Answer> RunViewAsync((string, string) who) => fhir.SendAsync(HttpMethod.Post, "ViewDefinition/$run?_format=ndjson", FhirClient.Json(View().ToJsonString()), who);

    private async Task<IEnumerable<string>> RunAsync((string, string) who)
    {
        var answer = await RunViewAsync(who);
        Assert.True(answer.Status == 200, answer.ToString());
        return answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => (string)JsonNode.Parse(l)!["id"]!);
    }
}
