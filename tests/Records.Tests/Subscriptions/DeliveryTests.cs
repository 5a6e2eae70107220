using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Salus.Records.Subscriptions;
using Salus.Records.Tests.Support;
using Salus.TestSupport;
using static Salus.Records.Tests.Subscriptions.SubscriptionSamples;

namespace Salus.Records.Tests.Subscriptions;

/// <summary>What happens to notifications when an endpoint fails, is away, or hangs, and when the server is not alone or stops.</summary>
public sealed class DeliveryTests(SubscriptionServer server) : IClassFixture<SubscriptionServer>
{
    private readonly FhirClient fhir = server.Fhir;

    [Fact]
    public async Task After_errors_the_same_event_comes_again_and_the_order_stays()
    {
        await using var hook = await HookEndpoint.StartAsync();
        var failures = 4;
        hook.Answer = (request, response) =>
        {
            response.StatusCode = request.Events.Contains(2) && Interlocked.Decrement(ref failures) >= 0 ? 500 : 200;
            return Task.CompletedTask;
        };
        await fhir.SubscribeAsync(Backport("retry", "Patient", "family=Retry", hook.Url, "id-only"));
        await WriteAsync("Retry", 5);
        await hook.AcceptedAsync(5);

        Assert.Equal([1, 2, 3, 4, 5], hook.Accepted);
        Assert.Equal([1, 2, 2, 2, 2, 2, 3, 4, 5], hook.Requests.SelectMany(r => r.Events));
    }

    [Fact]
    public async Task What_failed_too_often_waits_as_dead_letters_until_the_status_is_set_back()
    {
        await using var hook = await HookEndpoint.StartAsync();
        var broken = true;
        hook.Answer = (request, response) =>
        {
            response.StatusCode = broken && request.Kind == "event-notification" ? 503 : 204;
            return Task.CompletedTask;
        };
        await fhir.SubscribeAsync(Backport("dead", "Patient", "family=Dead", hook.Url, "id-only"));
        await WriteAsync("Dead", 3);
        await fhir.HasStatusAsync("dead", "error");

        var failed = (await fhir.GetAsync("Subscription/dead")).Json.AsObject();
        Assert.Contains("503", (string)failed["error"]!, StringComparison.Ordinal);
        Assert.Equal(6, hook.Requests.Count(r => r.Kind == "event-notification"));
        await WriteAsync("Dead", 4, from: 3);
        await Eventually.TrueAsync(async () => (int)(await StateAsync("dead"))["pending"]! == 4);
        var state = await StateAsync("dead");
        Assert.Equal(("error", 4), ((string)state["status"]!, (int)state["deadLetters"]!));
        Assert.Contains("503", (string)state["error"]!, StringComparison.Ordinal);

        broken = false;
        failed["status"] = "requested";
        await fhir.StoreAsync(failed);
        await hook.AcceptedAsync(4);
        Assert.Equal([1, 2, 3, 4], hook.Accepted);
        await fhir.HasStatusAsync("dead", "active");
        Assert.Null((await fhir.GetAsync("Subscription/dead")).Json["error"]);
    }

    [Fact]
    public async Task An_endpoint_that_was_away_gets_everything_when_it_is_back()
    {
        var hook = await HookEndpoint.StartAsync();
        var port = hook.Port;
        await fhir.SubscribeAsync(Backport("away", "Patient", "family=Away", hook.Url, "id-only"));
        await WriteAsync("Away", 2);
        await hook.AcceptedAsync(2);
        await hook.DisposeAsync();
        await WriteAsync("Away", 10, from: 2);
        await Eventually.TrueAsync(async () => (int)(await StateAsync("away"))["failedAttempts"]! > 0);

        await using var again = await HookEndpoint.StartAsync(port);
        // Should it have been given up meanwhile, which a slow machine may do.
        var now = (await fhir.GetAsync("Subscription/away")).Json.AsObject();
        if ((string?)now["status"] == "error")
        {
            now["status"] = "active";
            await fhir.StoreAsync(now);
        }

        await again.AcceptedAsync(8);
        Assert.Equal([3, 4, 5, 6, 7, 8, 9, 10], again.Accepted);
    }

    [Fact]
    public async Task An_endpoint_that_hangs_holds_up_no_other()
    {
        await using var slow = await HookEndpoint.StartAsync();
        await using var quick = await HookEndpoint.StartAsync();
        var open = new TaskCompletionSource();
        slow.Answer = (request, _) => request.Kind == "event-notification" ? open.Task : Task.CompletedTask;
        for (var i = 0; i < 20; i++)
        {
            await fhir.StoreAsync(Backport($"slow-{i}", "Patient", "family=Slow", $"{slow.Url}/{i}", "id-only"));
        }

        await fhir.SubscribeAsync(Backport("quick", "Patient", "family=Slow", quick.Url, "id-only"));
        await fhir.HasStatusAsync("slow-19", "active");
        await WriteAsync("Slow", 5);
        await quick.AcceptedAsync(5);
        Assert.Empty(slow.Accepted);
        open.SetResult();
        await slow.AcceptedAsync(100);
        Assert.All(slow.Requests.Where(r => r.Kind == "event-notification").GroupBy(r => r.Path), g => Assert.Equal([1, 2, 3, 4, 5], g.SelectMany(r => r.Events)));
    }

    [Fact]
    public async Task An_endpoint_that_asks_for_a_pause_gets_it()
    {
        await using var hook = await HookEndpoint.StartAsync();
        hook.Answer = (request, response) =>
        {
            response.StatusCode = request.Kind == "handshake" ? 200 : 429;
            response.Headers.RetryAfter = "300";
            return Task.CompletedTask;
        };
        await fhir.SubscribeAsync(Backport("pause", "Patient", "family=Pause", hook.Url, "id-only"));
        await WriteAsync("Pause", 1);
        await Eventually.TrueAsync(async () => await server.ScalarAsync<bool>("select attempts = 1 and leased_until is null from records.subscription where id = 'pause'"));
        Assert.True(await server.ScalarAsync<bool>("select next_at - sent_at > interval '290 seconds' from records.subscription where id = 'pause'"));
        Assert.Single(hook.Requests, r => r.Kind == "event-notification");
    }

    [Fact]
    public async Task A_criteria_whose_parameter_is_removed_ends_in_an_error_and_holds_up_no_other()
    {
        await using var hook = await HookEndpoint.StartAsync();
        await fhir.StoreAsync(Samples.Resource(
            """
            {"resourceType":"SearchParameter","id":"shoe","url":"http://example.org/shoe","name":"shoe","status":"active","description":"x","code":"shoe","base":["Patient"],"type":"string","expression":"Patient.contact.name.family"}
            """));
        await Eventually.TrueAsync(async () => (await fhir.GetAsync("Patient?shoe=1")).Status == 200);
        await fhir.SubscribeAsync(Backport("shoe", "Patient", "shoe=1", hook.Url + "/shoe", "id-only"));
        await fhir.SubscribeAsync(Backport("shoe-not", "Patient", "family=Shoeless", hook.Url + "/not", "id-only"));
        await fhir.DeleteAsync("SearchParameter/shoe");
        await WriteAsync("Shoeless", 2);
        await hook.AcceptedAsync(2);
        await fhir.HasStatusAsync("shoe", "error");
        Assert.Contains("shoe", (string)(await fhir.GetAsync("Subscription/shoe")).Json["error"]!, StringComparison.Ordinal);

        // Nor is it asked any more: that would note the problem anew.
        await Eventually.TrueAsync(async () => await server.ScalarAsync<bool>("select status = 'error' and problem is not null from records.subscription where id = 'shoe'"));
        await server.ScalarAsync<int>("update records.subscription set problem = 'seen' where id = 'shoe' returning 1");
        await WriteAsync("Shoeless", 4, from: 2);
        await hook.AcceptedAsync(4);
        Assert.Equal("seen", await server.ScalarAsync<string>("select problem from records.subscription where id = 'shoe'"));
    }

    [Fact]
    public async Task A_redirect_is_a_failure_and_is_not_followed()
    {
        await using var elsewhere = await HookEndpoint.StartAsync();
        await using var hook = await HookEndpoint.StartAsync();
        hook.Answer = (_, response) =>
        {
            response.StatusCode = 307;
            response.Headers.Location = elsewhere.Url;
            return Task.CompletedTask;
        };
        await fhir.StoreAsync(Backport("redirect", "Patient", "family=Redirect", hook.Url));
        await fhir.HasStatusAsync("redirect", "error");
        Assert.Empty(elsewhere.Requests);
        Assert.Equal(3, hook.Requests.Count);
        Assert.Contains("307", (string)(await fhir.GetAsync("Subscription/redirect")).Json["error"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_heartbeat_comes_where_it_is_asked_for_and_nothing_happens()
    {
        await using var hook = await HookEndpoint.StartAsync();
        await fhir.SubscribeAsync(Backport("heart", "Patient", "family=Nobody", hook.Url).With("heartbeat-period", "valueUnsignedInt", 1));
        await hook.GotAsync(2, "heartbeat");
        Assert.Equal("0", (string?)hook.Requests.Last(r => r.Kind == "heartbeat").Parameter("events-since-subscription-start")!["valueString"]);
    }

    [Fact]
    public async Task A_subscription_ends_at_its_time_and_one_that_is_off_hears_nothing()
    {
        await using var hook = await HookEndpoint.StartAsync();
        var subscription = Backport("ends", "Patient", "family=Ends", hook.Url, "id-only");
        await fhir.SubscribeAsync(subscription);
        await WriteAsync("Ends", 1);
        await hook.AcceptedAsync(1);
        var active = (await fhir.GetAsync("Subscription/ends")).Json.AsObject();
        active["end"] = "2020-01-01T00:00:00Z";
        await fhir.StoreAsync(active);
        await fhir.HasStatusAsync("ends", "off");
        await WriteAsync("Ends", 3, from: 1);

        // Back again, it begins with what comes.
        active["end"] = "2999-01-01T00:00:00Z";
        await fhir.StoreAsync(active);
        await Eventually.TrueAsync(async () => (string?)(await StateAsync("ends"))["status"] == "active");
        await fhir.StoreAsync(Samples.Patient("ends-after", "Ends"));
        await hook.AcceptedAsync(2);
        Assert.Equal("Patient/ends-after", (string?)hook.Requests.Last().Entries.Single()["fullUrl"] is { } url ? url[^18..] : null);
        Assert.Equal([1, 2], hook.Accepted);
    }

    [Fact]
    public async Task Two_servers_on_one_database_share_the_work_and_deliver_once()
    {
        await using var second = await RecordServer.StartAsync(server.ConnectionString, SubscriptionServer.Quick);
        using var other = new FhirClient(new Uri(second.Urls.First()));
        await using var hook = await HookEndpoint.StartAsync();
        for (var i = 0; i < 6; i++)
        {
            await (i % 2 == 0 ? fhir : other).SubscribeAsync(Backport($"shared-{i}", "Patient", "family=Shared", $"{hook.Url}/{i}", "id-only"));
        }

        await Task.WhenAll(WriteAsync("Shared", 20), WriteAsync("Shared", 40, from: 20, by: other));
        await hook.AcceptedAsync(240, seconds: 60);
        foreach (var one in hook.Requests.Where(r => r.Kind == "event-notification").GroupBy(r => r.Path))
        {
            Assert.Equal(Enumerable.Range(1, 40).Select(n => (long)n), one.SelectMany(r => r.Events));
        }
    }

    [Fact]
    public async Task After_a_restart_nothing_is_lost_and_the_order_stays()
    {
        await using var hook = await HookEndpoint.StartAsync();
        var database = await TestDatabase.CreateAsync(new Salus.Kernel.MigrationSet("records", typeof(RecordsModule).Assembly));
        var first = await RecordServer.StartAsync(database.ConnectionString, SubscriptionServer.Quick);
        using (var client = new FhirClient(new Uri(first.Urls.First())))
        {
            await client.SubscribeAsync(Backport("restart", "Patient", "family=Restart", hook.Url, "id-only"));
            hook.Answer = (_, response) =>
            {
                response.StatusCode = 500;
                return Task.CompletedTask;
            };
            await WriteAsync("Restart", 10, by: client);
        }

        await first.DisposeAsync();
        hook.Answer = (_, _) => Task.CompletedTask;
        await using (var next = await RecordServer.StartAsync(database.ConnectionString, SubscriptionServer.Quick))
        {
            using var client = new FhirClient(new Uri(next.Urls.First()));
            if ((string?)(await client.GetAsync("Subscription/restart")).Json["status"] == "error")
            {
                var failed = (await client.GetAsync("Subscription/restart")).Json.AsObject();
                failed["status"] = "active";
                await client.StoreAsync(failed);
            }

            await hook.AcceptedAsync(10);
            Assert.Equal(Enumerable.Range(1, 10).Select(n => (long)n), hook.Accepted);
        }

        await database.DisposeAsync();
    }

    [Fact]
    public async Task Five_hundred_subscriptions_get_each_its_own_and_no_other()
    {
        await using var hook = await HookEndpoint.StartAsync();
        await fhir.BundleAsync(Samples.Bundle("transaction", [.. Enumerable.Range(0, 500).Select(i => Samples.Entry(
            "PUT", $"Subscription/many-{i}", Backport($"many-{i}", "Observation-create", $"Observation?subject=Patient/m{i}", $"{hook.Url}/{i}", "id-only")))]));
        await Eventually.TrueAsync(async () => await server.ScalarAsync<long>("select count(*) from records.subscription where id like 'many-%' and status = 'active'") == 500, 60);
        await fhir.BundleAsync(Samples.Bundle("transaction", [.. Enumerable.Range(0, 600).Select(i => Samples.Entry("PUT", $"Observation/many-{i}", Samples.Observation($"many-{i}", $"Patient/m{i}")))]));
        await hook.AcceptedAsync(500, 60);
        Assert.All(hook.Requests.Where(r => r.Kind == "event-notification"), r => Assert.Equal($"Observation/many-{r.Path[1..]}", string.Join('/', ((string)r.Entries.Single()["fullUrl"]!).Split('/')[^2..])));
        Assert.Equal(500, hook.Requests.Count(r => r.Kind == "event-notification"));
        Assert.Equal(500, await server.ScalarAsync<long>("select sum(events)::bigint from records.subscription where id like 'many-%'"));
    }

    [Fact]
    public async Task More_events_than_are_kept_are_counted_and_the_rest_arrives()
    {
        await using var hook = await HookEndpoint.StartAsync();
        var broken = true;
        hook.Answer = (request, response) =>
        {
            response.StatusCode = broken && request.Kind == "event-notification" ? 500 : 200;
            return Task.CompletedTask;
        };
        await fhir.SubscribeAsync(Backport("kept", "Patient", "family=Kept", hook.Url, "id-only"));
        await fhir.BundleAsync(Samples.Bundle("transaction", [.. Enumerable.Range(0, 40).Select(i => Samples.Entry("PUT", $"Patient/kept-{i}", Samples.Patient($"kept-{i}", "Kept")))]));
        await fhir.HasStatusAsync("kept", "error");
        await using (var keeping = await RecordServer.StartAsync(server.ConnectionString, [.. SubscriptionServer.Quick, new("Salus:Records:Subscriptions:MaxEvents", "15")]))
        {
            await keeping.Services.GetServices<IHostedService>().OfType<SubscriptionKeeper>().Single().CleanAsync(CancellationToken.None);
        }

        var state = await StateAsync("kept");
        Assert.Equal((40, 15, 25), ((int)state["events"]!, (int)state["pending"]!, (int)state["dropped"]!));
        broken = false;
        var failed = (await fhir.GetAsync("Subscription/kept")).Json.AsObject();
        failed["status"] = "active";
        await fhir.StoreAsync(failed);
        await hook.AcceptedAsync(15);
        Assert.Equal(Enumerable.Range(26, 15).Select(n => (long)n), hook.Accepted);
    }

    private async Task WriteAsync(string family, int until, int from = 0, FhirClient? by = null)
    {
        for (var i = from; i < until; i++)
        {
            await (by ?? fhir).StoreAsync(Samples.Patient($"{family.ToLowerInvariant()}-{i}", family));
        }
    }

    private async Task<JsonNode> StateAsync(string id)
    {
        var all = await fhir.GetAsync(new Uri(server.Address, "/admin/subscriptions").ToString());
        return all.Json["subscriptions"]!.AsArray().First(s => (string?)s!["id"] == id)!;
    }
}
