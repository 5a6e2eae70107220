using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Salus.Kernel;
using Salus.Records.Subscriptions;
using Salus.Records.Tests.Support;
using Salus.TestSupport;
using static Salus.Records.Tests.Subscriptions.SubscriptionSamples;

namespace Salus.Records.Tests.Subscriptions;

/// <summary>Who works on a subscription, how many of one host, and what becomes of one that cannot be worked on.</summary>
public sealed class LeaseTests : IAsyncLifetime
{
    private TestDatabase database = null!;

    public async Task InitializeAsync() => database = await TestDatabase.CreateAsync(new MigrationSet("records", typeof(RecordsModule).Assembly));

    public async Task DisposeAsync() => await database.DisposeAsync();

    [Fact]
    public async Task What_nobody_works_on_is_not_kept_by_a_process_that_is_busy()
    {
        await using var hook = await HookEndpoint.StartAsync();
        await using (var server = await StartAsync())
        {
            using var fhir = new FhirClient(RecordServer.AddressOf(server));
            await fhir.SubscribeAsync(Backport("busy", "Patient", null, hook.Url));
            await fhir.SubscribeAsync(Backport("left", "Patient", null, hook.Url));
        }

        await using var idle = await StartAsync(("Enabled", "false"));
        await ExecuteAsync("update records.subscription set events = 1, next_at = now()");
        var one = ActivatorUtilities.CreateInstance<DeliveryQueue>(idle.Services);
        var other = ActivatorUtilities.CreateInstance<DeliveryQueue>(idle.Services);
        var taken = await one.TakeAsync(10, 10, new Dictionary<string, int>(), CancellationToken.None);
        Assert.Equal(["busy", "left"], taken.Select(t => t.Row.Id).Order());
        Assert.Empty(await other.TakeAsync(10, 10, new Dictionary<string, int>(), CancellationToken.None));

        await ExecuteAsync("update records.subscription set leased_until = now() - interval '1 second'");
        await one.RenewAsync([taken.Single(t => t.Row.Id == "busy").Row.Number], CancellationToken.None);
        Assert.Equal(["left"], (await other.TakeAsync(10, 10, new Dictionary<string, int>(), CancellationToken.None)).Select(t => t.Row.Id));
    }

    [Fact]
    public async Task What_the_server_cannot_note_is_given_back_and_tried_again()
    {
        await using var hook = await HookEndpoint.StartAsync();
        await using var server = await StartAsync();
        using var fhir = new FhirClient(RecordServer.AddressOf(server));
        await fhir.SubscribeAsync(Backport("note", "Patient", null, hook.Url, "id-only"));
        await ExecuteAsync(
            """
            create function never() returns trigger language plpgsql as $$ begin raise exception 'not now'; end $$;
            create trigger never before update on records.subscription for each row when (new.delivered > old.delivered) execute function never();
            """);
        await fhir.StoreAsync(Samples.Patient("note"));
        await hook.AcceptedAsync(1);
        await Eventually.TrueAsync(() => IsAsync("select leased_until is null and delivered = 0 and events = 1 from records.subscription"));
        await ExecuteAsync("drop trigger never on records.subscription");
        await Eventually.TrueAsync(() => IsAsync("select delivered = 1 from records.subscription"));
        Assert.All(hook.Accepted, n => Assert.Equal(1, n));
    }

    [Fact]
    public async Task A_host_that_is_busy_gets_no_more_than_its_places()
    {
        await using var slow = await HookEndpoint.StartAsync();
        await using var quick = await HookEndpoint.StartAsync();
        var open = new TaskCompletionSource();
        slow.Answer = (request, _) => request.Kind == "event-notification" ? open.Task : Task.CompletedTask;
        await using var server = await StartAsync(("ConnectionsPerHost", "2"));
        using var fhir = new FhirClient(RecordServer.AddressOf(server));
        await fhir.SubscribeAsync(Backport("first", "Patient", "family=First", slow.Url, "id-only"));
        for (var i = 0; i < 4; i++)
        {
            await fhir.SubscribeAsync(Backport($"next-{i}", "Patient", "family=Next", slow.Url, "id-only"));
        }

        await fhir.SubscribeAsync(Backport("quick", "Patient", "family=Last", quick.Url, "id-only"));
        await fhir.StoreAsync(Samples.Patient("first", "First"));
        await slow.GotAsync(1, "event-notification");
        await fhir.StoreAsync(Samples.Patient("next", "Next"));
        // When the last one arrives, those before it were there to be taken.
        await fhir.StoreAsync(Samples.Patient("last", "Last"));
        await quick.AcceptedAsync(1);
        await Eventually.TrueAsync(() => IsAsync("select count(*) = 2 from records.subscription where leased_until is not null"));
        await slow.GotAsync(2, "event-notification");
        Assert.Equal(2, slow.Requests.Count(r => r.Kind == "event-notification"));
        open.SetResult();
        await slow.AcceptedAsync(5);
    }

    [Fact]
    public async Task A_subscription_whose_address_is_not_listed_any_more_ends_in_an_error()
    {
        await using var hook = await HookEndpoint.StartAsync();
        await using (var server = await StartAsync())
        {
            using var fhir = new FhirClient(RecordServer.AddressOf(server));
            await fhir.SubscribeAsync(Backport("unlisted", "Patient", null, hook.Url));
            await fhir.SubscribeAsync(Classic("fine", "Patient", null, channel: "websocket"));
        }

        await using var next = await StartAsync(("Endpoints:0", "https://hooks.example.org"));
        using var client = new FhirClient(RecordServer.AddressOf(next));
        await client.StoreAsync(Samples.Patient("unlisted"));
        await client.HasStatusAsync("unlisted", "error");
        Assert.Contains("Salus:Records:Subscriptions:Endpoints", (string)(await client.GetAsync("Subscription/unlisted")).Json["error"]!, StringComparison.Ordinal);
        (await client.GetAsync("Subscription/unlisted/$events-stream", ("Accept", "text/event-stream"))).Refused(422);
        await client.HasStatusAsync("fine", "active");
        Assert.Empty(hook.Accepted);
    }

    [Fact]
    public async Task A_criteria_that_takes_too_long_twice_ends_in_an_error_and_the_others_go_on()
    {
        await using var hook = await HookEndpoint.StartAsync();
        await using var server = await StartAsync();
        using var fhir = new FhirClient(RecordServer.AddressOf(server));
        await fhir.SubscribeAsync(Backport("slow", "Observation", "value-quantity=gt5", hook.Url, "id-only"));
        await fhir.SubscribeAsync(Backport("swift", "Observation", "status=final", hook.Url, "id-only"));
        // What is stored has no quantities: only the criteria needs their table.
        await using (var connection = await database.Source.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using var command = new NpgsqlCommand("lock table records.index_amount in access exclusive mode", connection);
            await command.ExecuteNonQueryAsync();
            await fhir.StoreAsync(Samples.Resource(Plain(1)));
            await Eventually.TrueAsync(() => IsAsync("select problem is not null from records.subscription where id = 'slow'"), 120);
        }

        await hook.AcceptedAsync(1);
        await fhir.HasStatusAsync("slow", "error");
        Assert.Contains("too long", (string)(await fhir.GetAsync("Subscription/slow")).Json["error"]!, StringComparison.Ordinal);
        await fhir.StoreAsync(Samples.Resource(Plain(2)));
        await hook.AcceptedAsync(2);
        Assert.Equal([1, 2], hook.Accepted);

        static string Plain(int number) => $$$"""{"resourceType":"Observation","id":"plain-{{{number}}}","status":"final","code":{"text":"x"}}""";
    }

    [Fact]
    public async Task The_metrics_name_the_connections_of_jobs_and_subscriptions()
    {
        await using var server = await StartAsync();
        using var fhir = new FhirClient(RecordServer.AddressOf(server));
        await fhir.SubscribeAsync(Classic("named", "Patient", null, channel: "websocket"));
        await using (await server.Services.GetRequiredService<Jobs.JobSessions>().OpenAsync(CancellationToken.None))
        {
        }

        var names = new HashSet<string?>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == "Npgsql")
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<int>((_, _, tags, _) => names.UnionWith(tags.ToArray().Select(t => t.Value as string)));
        listener.Start();
        listener.RecordObservableInstruments();
        Assert.Subset(names, new HashSet<string?> { "salus-jobs", "salus-subscriptions" });
    }

    private Task<WebApplication> StartAsync(params (string Name, string Value)[] settings) => RecordServer.StartAsync(
        database.ConnectionString, [.. SubscriptionServer.Quick, .. settings.Select(s => new KeyValuePair<string, string?>($"Salus:Records:Subscriptions:{s.Name}", s.Value))]);

    private async Task<bool> IsAsync(string sql)
    {
#pragma warning disable CA2100 // Written in this class.
        await using var command = database.Source.CreateCommand(sql);
#pragma warning restore CA2100
        return (bool)(await command.ExecuteScalarAsync())!;
    }

    private async Task ExecuteAsync(string sql)
    {
#pragma warning disable CA2100 // Written in this class.
        await using var command = database.Source.CreateCommand(sql);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}
