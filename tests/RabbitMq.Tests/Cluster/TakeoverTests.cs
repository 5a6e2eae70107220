using System.Diagnostics;
using System.Text.Json.Nodes;
using Salus.RabbitMq.Tests.Support;
using Xunit.Abstractions;

namespace Salus.RabbitMq.Tests.Cluster;

/// <summary>Processes share the patients: one comes, and one is killed under load while patients get worse. The times are printed and not judged.</summary>
[Collection(BrokerTests.Name)]
public sealed class TakeoverTests(BrokerFixture fixture, ITestOutputHelper output)
{
    private const int Patients = 40;
    private const int Sick = 6;

    private long worseFrom = long.MaxValue;

    [BrokerFact]
    public async Task One_comes_and_one_is_killed_and_no_value_or_alert_is_lost_or_twice()
    {
        await using var ward = await SharedWard.StartAsync(fixture.Broker, nodes: 2, Patients);
        await using var load = new Load(ward.Nodes, Patients, Value);
        await load.MoreAsync(5_000);
        var clock = Stopwatch.StartNew();
        await ward.AddAsync();
        load.To(ward.Nodes);
        await ward.SharedAsync(3);
        output.WriteLine($"a third process had its share after {clock.ElapsedMilliseconds} ms, its start included: {string.Join(", ", (await ward.HeldAsync()).Values)} partitions");

        await load.MoreAsync(5_000);
        // At each process, whichever has the patient.
        await using var here = new LiveClient(ward.Nodes[0], patient: 0);
        await using var there = new LiveClient(ward.Nodes[2], patient: 0);
        await Eventually.TrueAsync(() => here.Count > 5 && there.Count > 5, seconds: 30, ward.State);
        await KillUnderLoadAsync(ward, load, ward.Nodes[1]);
        await load.MoreAsync(5_000);
        await load.StopAsync();
        await SharedWard.EqualAsync(ward, load);
        await AlertsAsync(ward);
        await Eventually.TrueAsync(() => here.Heard("news2-high") && there.Heard("news2-high"), seconds: 30, ward.State);
        await SameScoresAsync(ward);
    }

    // The alerts of the sick ones are on their way when the process dies.
    private async Task KillUnderLoadAsync(SharedWard ward, Load load, SalusProcess victim)
    {
        Interlocked.Exchange(ref worseFrom, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        await load.MoreAsync(1_000);
        await victim.KillAsync();
        var (clock, at) = (Stopwatch.StartNew(), TimeProvider.System.GetUtcNow());
        ward.Nodes.Remove(victim);
        load.To(ward.Nodes);
        await Eventually.TrueAsync(async () => !(await ward.HeldAsync()).ContainsKey(victim.Id), seconds: 90, ward.State);
        output.WriteLine($"every partition had another process {clock.ElapsedMilliseconds} ms after kill -9");
        foreach (var node in ward.Nodes)
        {
            for (var patient = 0; patient < Patients; patient++)
            {
                await Eventually.TrueAsync(async () => await StateAsync(node, patient) is { } state && (DateTimeOffset)state["at"]! > at && News2(state) is not null, seconds: 90, ward.State);
            }
        }

        output.WriteLine($"every patient was scored again, as both others show it, {clock.ElapsedMilliseconds} ms after kill -9, under load ({load.Count} values acknowledged)");
    }

    // Whoever judged them: each has the alert of its score once.
    private static async Task AlertsAsync(SharedWard ward)
    {
        await Eventually.TrueAsync(
            async () => await ward.NumberAsync($"select count(*) from monitoring.alert where rule = 'news2-high' and resolved_at is null") == Sick, seconds: 30, ward.State);
        Assert.Equal(0, await ward.NumberAsync("select count(*) from (select from monitoring.alert group by patient, rule having count(*) > 1) twice"));
        foreach (var node in ward.Nodes)
        {
            Assert.All(await Task.WhenAll(Enumerable.Range(0, Sick).Select(p => node.JsonAsync($"/monitoring/patients/{SharedWard.Patient(p)}"))), a => Assert.Contains(a["alerts"]!.AsArray(), x => (string?)x!["rule"] == "news2-high"));
        }
    }

    // The process that takes over what is quiet now comes to the same, and to no alert more.
    private static async Task SameScoresAsync(SharedWard ward)
    {
        var (goes, stays) = (ward.Nodes[0], ward.Nodes[1]);
        var before = await Task.WhenAll(Enumerable.Range(0, Patients).Select(p => ScoresAsync(goes, p)));
        Assert.Equal(before, await Task.WhenAll(Enumerable.Range(0, Patients).Select(p => ScoresAsync(stays, p))));
        var alerts = await ward.NumberAsync("select count(*) from monitoring.alert where resolved_at is null");
        await goes.KillAsync();
        ward.Nodes.Remove(goes);
        await Eventually.TrueAsync(async () => (await ward.HeldAsync()) is { Count: 1 }, seconds: 90, ward.State);
        await Eventually.TrueAsync(async () => await ward.NumberAsync("select count(*) from monitoring.alert where resolved_at is null") == alerts);
        Assert.Equal(before, await Task.WhenAll(Enumerable.Range(0, Patients).Select(p => ScoresAsync(stays, p))));
    }

    private decimal Value(int patient, string metric, long time) => patient < Sick && time >= Interlocked.Read(ref worseFrom)
        ? metric switch { "heart-rate" => 135, "respiratory-rate" => 28, _ => 90 }
        : metric switch { "heart-rate" => 60 + (time % 30), "respiratory-rate" => 14 + (time % 4), _ => 96 + (time % 4) };

    private static async Task<JsonNode?> StateAsync(SalusProcess node, int patient) => (await node.JsonAsync($"/monitoring/patients/{SharedWard.Patient(patient)}"))["state"];

    // All of them, with their parts and times.
    private static async Task<string> ScoresAsync(SalusProcess node, int patient) => (await StateAsync(node, patient))!["scores"]!.ToJsonString();

    private static decimal? News2(JsonNode state) => (decimal?)state["scores"]!.AsArray().FirstOrDefault(s => (string?)s!["name"] == "news2")?["value"];
}
