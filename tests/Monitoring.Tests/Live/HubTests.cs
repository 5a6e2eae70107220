using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR;
using Salus.Kernel;
using Salus.Monitoring.Alerts;
using Salus.Monitoring.Live;
using Salus.Monitoring.Tests.Alerts;
using Salus.Monitoring.Tests.Support;

namespace Salus.Monitoring.Tests.Live;

/// <summary>The SignalR hub: two wards, a patient in each.</summary>
public sealed class HubTests(TelemetryServer server) : IClassFixture<TelemetryServer>, IAsyncLifetime
{
    private static readonly Caller Nurse = new(Tenant.Default, "nurse") { Permit = Permit.Everything };

    public async Task InitializeAsync()
    {
        foreach (var n in (int[])[1, 2])
        {
            await PutAsync($"Location/hw{n}", $$""" "name":"Ward {{n}}","status":"active","physicalType":{"coding":[{"code":"wa"}]} """);
            await PutAsync($"Location/hb{n}", $$""" "name":"Bed {{n}}","status":"active","physicalType":{"coding":[{"code":"bd"}]},"partOf":{"reference":"Location/hw{{n}}"} """);
            await PutAsync($"Patient/hp{n}", """ "name":[{"family":"Okafor"}] """);
            await PutAsync($"Encounter/he{n}", $$""" "status":"in-progress","class":{"code":"IMP"},"subject":{"reference":"Patient/hp{{n}}"},"location":[{"location":{"reference":"Location/hb{{n}}"},"status":"active"}] """);
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Who_watches_a_ward_hears_of_its_patients_and_of_no_others()
    {
        await using var client = await server.ConnectAsync();
        await client.WatchWardAsync("hw1");
        Change("hp2", 9, 91);
        Change("hp1", 9, 88);
        var (state, before) = await client.UntilAsync("state", d => Rate(d) == 88);
        Assert.Equal("hp1", state.GetProperty("patient").GetString());
        var (alert, between) = await client.UntilAsync("alert", d => d.GetProperty("status").GetString() == "delivered");
        Assert.Equal(("hp1", "news2-high"), (alert.GetProperty("patient").GetString(), alert.GetProperty("rule").GetString()));
        Assert.All(before.Concat(between), call => Assert.NotEqual("hp2", call.Data.GetProperty("patient").GetString()));
        Assert.Contains(server.Told, e => e.Kind == AuditKind.Search && e.Patients.Contains("hp1") && e.Query == "/monitoring/live?ward=hw1");
    }

    [Fact]
    public async Task Nothing_is_lost_by_a_break()
    {
        await using var client = await server.ConnectAsync();
        await client.WatchPatientAsync("hp2");
        Change("hp2", 9, 88);
        var (alert, _) = await client.UntilAsync("alert", d => d.GetProperty("rule").GetString() == "news2-high" && d.GetProperty("status").GetString() != "resolved");
        client.Break();
        await client.UntilAsync("reconnected");

        // Nobody follows at this moment.
        var id = alert.GetProperty("id").GetString();
        await server.SendAsync(HttpMethod.Post, $"/monitoring/alerts/{id}/resolve", """{"reason":"better"}""");
        Change("hp2", 9, 77);
        await client.WatchPatientAsync("hp2", alert.GetProperty("seq").GetInt64());
        var (_, before) = await client.UntilAsync("state", d => Rate(d) == 77);
        Assert.Contains(before, c => c.Name == "alert" && c.Data.GetProperty("id").GetString() == id && c.Data.GetProperty("status").GetString() == "resolved");
    }

    [Fact]
    public async Task Who_may_not_see_the_patient_is_refused_and_that_is_in_the_trail()
    {
        server.Callers["hub-elsewhere"] = new Caller(Tenant.Default, "nurse elsewhere")
        {
            Permit = new Permit([[new Grant("Location", Interactions.All, Reach.All), new Grant("Observation", Interactions.All, Reach.Of("other")), new Grant("Patient", Interactions.All, Reach.Of("other")), new Grant("Encounter", Interactions.All, Reach.Of("other"))]], []),
        };
        await using var client = await server.ConnectAsync("hub-elsewhere");
        var refused = await Assert.ThrowsAsync<HubException>(() => client.WatchPatientAsync("hp1"));
        Assert.Contains("not-found: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(server.Told, e => e.Caller.Actor == "nurse elsewhere" && e.Outcome == AuditOutcome.MinorFailure && e.Query == "/monitoring/live?patient=hp1");
        Assert.Contains("value: ", (await Assert.ThrowsAsync<HubException>(() => client.WatchPatientAsync("hp1", -1))).Message, StringComparison.Ordinal);
        Assert.Contains("not-found: ", (await Assert.ThrowsAsync<HubException>(() => client.WatchWardAsync("nowhere"))).Message, StringComparison.Ordinal);

        // They see the ward, and nobody in it.
        await client.WatchWardAsync("hw1");
    }

    [Fact]
    public async Task It_ends_with_the_right_and_with_the_sign_in()
    {
        server.Callers["hub-nurse"] = Nurse;
        await using var client = await server.ConnectAsync("hub-nurse");
        await using var events = await server.FollowAsync("/monitoring/events?patient=hp1", caller: "hub-nurse");
        await client.WatchPatientAsync("hp1");
        server.Callers["hub-nurse"] = Nurse with { Permit = new Permit([[new Grant("Observation", Interactions.All, Reach.Of("other")), new Grant("Patient", Interactions.All, Reach.All)]], []) };
        var (gone, _) = await client.UntilAsync("gone");
        Assert.Equal("hp1", gone.GetProperty("patient").GetString());
        await events.UntilAsync((name, _, _) => name == "gone");

        server.Callers["hub-nurse"] = Nurse;
        await client.WatchPatientAsync("hp1");
        server.Callers.TryRemove("hub-nurse", out _);
        await client.UntilAsync("gone");
        Assert.Contains("login: ", (await Assert.ThrowsAsync<HubException>(() => client.WatchPatientAsync("hp1"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_patient_who_comes_to_the_ward_is_followed_from_then_on()
    {
        await using var client = await server.ConnectAsync();
        await client.WatchWardAsync("hw1");
        await PutAsync("Patient/hp3", """ "name":[{"family":"Abara"}] """);
        await PutAsync("Location/hb3", """ "name":"Bed 3","status":"active","physicalType":{"coding":[{"code":"bd"}]},"partOf":{"reference":"Location/hw1"} """);
        await PutAsync("Encounter/he3", """ "status":"in-progress","class":{"code":"IMP"},"subject":{"reference":"Patient/hp3"},"location":[{"location":{"reference":"Location/hb3"},"status":"active"}] """);
        await client.UntilAsync("reset");
        Change("hp3", 2, 66);
        await client.UntilAsync("state", d => d.GetProperty("patient").GetString() == "hp3" && Rate(d) == 66);
        Assert.Contains(server.Told, e => e.Patients.Contains("hp3") && e.Query == "/monitoring/live?ward=hw1");
    }

    [Fact]
    public async Task Who_leaves_hears_no_more()
    {
        await using var client = await server.ConnectAsync();
        await client.WatchPatientAsync("hp1");
        await client.WatchPatientAsync("hp2");
        await client.LeavePatientAsync("hp1");
        Change("hp1", 1, 61);
        Change("hp2", 1, 62);
        var (_, before) = await client.UntilAsync("state", d => Rate(d) == 62);
        Assert.DoesNotContain(before, c => c.Name == "state" && Rate(c.Data) == 61);
    }

    [Fact]
    public async Task A_page_of_another_site_cannot_connect()
    {
        await Assert.ThrowsAsync<WebSocketException>(() => server.ConnectAsync(origin: "https://evil.example.org"));
        await Assert.ThrowsAsync<WebSocketException>(() => server.ConnectAsync(origin: "null"));
    }

    [Fact]
    public async Task Who_is_too_slow_is_told_to_ask_for_the_whole()
    {
        using var follower = server.Get<LiveFollowers>().Follow(Tenant.Default, ["slow"]);
        var alert = new Alert
        {
            Id = Guid.NewGuid(), Tenant = Tenant.Default, Patient = "slow", Rule = "r", RuleVersion = 1, Title = "t", Priority = AlertPriority.Low, Status = AlertStatus.Raised,
            RaisedAt = DateTimeOffset.UnixEpoch, Why = "{}", Change = 0,
        };
        for (var i = 0; i < LiveFollower.MostAlerts; i++)
        {
            follower.Add(alert with { Id = Guid.NewGuid(), Change = i });
        }

        follower.Add(alert with { Id = Guid.NewGuid(), Change = LiveFollower.MostAlerts });
        var news = await follower.NextAsync(TimeSpan.Zero, default);
        Assert.Equal((true, 1), (news.Reset, news.Alerts.Count));
        Assert.False((await follower.NextAsync(TimeSpan.Zero, default)).Reset);
    }

    private static double? Rate(JsonElement state) =>
        state.GetProperty("readings").EnumerateArray().Where(r => r.GetProperty("metric").GetString() == "heart-rate").Select(r => (double?)r.GetProperty("value").GetDouble()).FirstOrDefault();

    private void Change(string patient, int news2, int rate) =>
        server.Change(Given.State(patient, (DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - Given.Start) / 1000.0, news2, ("heart-rate", rate)));

    private async Task PutAsync(string name, string content)
    {
        var (type, id) = (name.Split('/')[0], name.Split('/')[1]);
        var (status, _) = await server.SendAsync(HttpMethod.Put, $"/fhir/{name}", $$"""{"resourceType":"{{type}}","id":"{{id}}",{{content}}}""", type: "application/fhir+json");
        Assert.True((int)status is 200 or 201, $"{name}: {status}");
    }
}
