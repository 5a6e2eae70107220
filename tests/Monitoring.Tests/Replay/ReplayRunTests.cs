using Salus.Kernel;
using Salus.Monitoring.Alerts;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Models;
using Salus.Monitoring.Storage;
using Salus.Monitoring.Tests.Support;
using Salus.TestSupport;

namespace Salus.Monitoring.Tests.Replay;

/// <summary>What a replay comes to is what went live, to the millisecond; and it leaves everything as it was.</summary>
public sealed class ReplayRunTests : IAsyncLifetime
{
    private const long Start = SampleStore.Start;
    private const long Minute = 60_000;
    private const long End = Start + (120 * Minute);

    private static readonly (string Metric, int Well, int Ill)[] Measured =
        [("heart-rate", 75, 146), ("respiratory-rate", 15, 27), ("oxygen-saturation", 97, 84), ("systolic", 122, 83), ("temperature", 37, 40), ("inspired-oxygen", 21, 40), ("consciousness", 0, 2)];

    private TestDatabase database = null!;

    public async Task InitializeAsync() => database = await TestDatabase.CreateAsync(MonitoringModule.Migrations);

    public async Task DisposeAsync() => await database.DisposeAsync();

    // Delays, hysteresis, suppression, re-arming, what is missing, what people end, and who leaves the device and comes back: all of it, in whatever order chance brings it.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task An_unchanged_rule_raises_again_exactly_what_was_raised_live(int seed)
    {
        await using var ward = await LiveWard.StartAsync(database, Start, ("p1", null, null), ("p2", null, Start + (30 * Minute)), ("p2", Start + (35 * Minute), Start + (60 * Minute)), ("p2", Start + (65 * Minute), Start + (90 * Minute) + 1), ("p2", Start + (100 * Minute) - 500, null), ("p3", Start, End + Minute));
        await LiveAsync(ward, seed);
        var live = await ward.RaisedAsync();
        Assert.True(live.Count > 30, $"{live.Count} alerts are few for such a course");
        Assert.Superset(new HashSet<string?> { "rule", "nurse A", AlertEngine.BySystem }, live.Select(a => a.ResolvedBy).ToHashSet());
        Assert.Superset(new HashSet<string> { "news2-high", "tachycardia", "hypotension" }, live.Select(a => a.Rule).ToHashSet());

        var replayed = await ward.ReplayAsync(null, Start, End);
        Assert.Equal(
            live.Select(a => (a.Patient, a.Rule, a.RaisedAt.ToUnixTimeMilliseconds(), a.ResolvedAt?.ToUnixTimeMilliseconds() ?? long.MaxValue)).Order(),
            replayed.Before.Select(a => (a.Patient, a.Rule, a.At, a.Until)).Order());
        Assert.Equal(replayed.Before, replayed.After);
    }

    [Fact]
    public async Task A_changed_rule_changes_what_it_and_those_that_it_suppresses_come_to()
    {
        await using var ward = await LiveWard.StartAsync(database, Start, ("p1", null, null), ("p2", null, null), ("p3", null, null));
        await LiveAsync(ward, 7);
        var live = await ward.RaisedAsync();
        var (high, single) = (Rule(ward, "news2-high"), Rule(ward, "news2-single"));
        var replayed = await ward.ReplayAsync(high with { Delay = TimeSpan.FromMinutes(5) }, Start, End);
        Assert.True(replayed.Before.Count(a => a.Rule == high.Name) > replayed.After.Count(a => a.Rule == high.Name));
        Assert.NotEqual(replayed.Before.Where(a => a.Rule == single.Name), replayed.After.Where(a => a.Rule == single.Name));
        Assert.All(new[] { "tachycardia", "hypotension", "desaturation", "qsofa", "device-silent" }, rule => Assert.Equal(replayed.Before.Where(a => a.Rule == rule), replayed.After.Where(a => a.Rule == rule)));

        // Nothing that is live knows of it.
        Assert.Equal(live, await ward.RaisedAsync());
        Assert.Equal(TimeSpan.Zero, Rule(ward, "news2-high").Delay);
    }

    [Fact]
    public async Task What_models_said_counts_as_it_did_live()
    {
        await using var ward = await LiveWard.StartAsync(database, Start, ("p4", null, null));
        var rule = RuleJson.Read("""{"name":"sepsis-model","title":"t","priority":"high","when":{"model":"sepsis-ml","atLeast":0.8,"clear":0.7},"delaySeconds":30,"rearmMinutes":1}"""u8, 0, RuleBook.Scores).Value;
        await ward.Rules.SaveAsync(Tenant.Default, rule, "test", _ => { }, default);
        var series = await ward.Store.SeriesAsync("p4", "heart-rate", "d-p4");
        var samples = new List<Sample>();
        foreach (var second in Enumerable.Range(0, 1200))
        {
            var now = Start + (second * 1000L);
            if (second % 10 == 0)
            {
                samples.Add(new Sample(series.Number, now, 75_000, SampleFlags.None));
                ward.Come(series, samples[^1]);
            }

            // Above, again above, between, below; and one that counts for a minute only, and ends before its time is over.
            if (second is 100 or 160 or 220 or 300 or 700 or 900)
            {
                await ward.SayAsync("p4", new ModelReading("sepsis-ml", $"{second}", second switch { 220 => 0.75m, 300 => 0.6m, 900 => 0.1m, _ => 0.9m }, now, now + (second == 700 ? 20_000 : 3_600_000), null, "[]"));
            }

            ward.Tick(now);
        }

        await ward.Store.TakeAsync([.. samples]);
        var live = (await ward.RaisedAsync()).Where(a => a.Rule == rule.Name).ToList();
        Assert.Equal([(Start + 130_000, (long?)(Start + 300_000))], live.Select(a => (a.RaisedAt.ToUnixTimeMilliseconds(), a.ResolvedAt?.ToUnixTimeMilliseconds())));
        var replayed = await ward.ReplayAsync(null, Start, Start + 1_200_000);
        Assert.Equal([(Start + 130_000, Start + 300_000)], replayed.Before.Where(a => a.Rule == rule.Name).Select(a => (a.At, a.Until)));
        Assert.DoesNotContain((await ward.ReplayAsync(rule with { Delay = TimeSpan.FromMinutes(5) }, Start, Start + 1_200_000)).After, a => a.Rule == rule.Name);
    }

    [Fact]
    public async Task It_ends_with_the_request()
    {
        await using var ward = await LiveWard.StartAsync(database, Start, ("p1", null, null), ("p2", null, null), ("p3", null, null));
        await LiveAsync(ward, 8);
        using var stop = new CancellationTokenSource();
        var told = new List<double>();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ward.ReplayAsync(null, Start, End, done => { told.Add(done); return new ValueTask(stop.CancelAsync()); }, stop.Token));
        Assert.InRange(Assert.Single(told), 0.0001, 0.9999);
    }

    private static AlertRule Rule(LiveWard ward, string name) => ward.Rules.Of(Tenant.Default).First(r => r.Name == name);

    private static async Task LiveAsync(LiveWard ward, int seed)
    {
#pragma warning disable CA5394 // Repeatable.
        var random = new Random(seed);
        var coming = new List<(long Time, Series Of, Sample[] Samples)>();
        foreach (var patient in new[] { "p1", "p2", "p3" })
        {
            var series = new Series[Measured.Length];
            for (var i = 0; i < series.Length; i++)
            {
                series[i] = await ward.Store.SeriesAsync(patient, Measured[i].Metric, $"d-{patient}");
            }

            var ill = new bool[Measured.Length];
            for (var time = Start + random.Next(1000); time < End; time += random.Next(400) == 0 ? random.Next(15 * (int)Minute) : random.Next(2) == 0 ? 1000 : 200 + random.Next(9000))
            {
                var which = random.Next(40);
                ill[which % ill.Length] ^= which < ill.Length;
                coming.Add((time, series[0], [.. Enumerable.Range(0, series.Length).Where(_ => random.Next(5) > 0).DefaultIfEmpty(0).Select(i => Value(random, series[i], time, ill[i] ? Measured[i].Ill : Measured[i].Well))]));
            }
        }

        var tick = Start;
        foreach (var (time, of, samples) in coming.OrderBy(c => c.Time))
        {
            for (; tick < time; tick += 1000)
            {
                ward.Tick(tick);
            }

            ward.Come(of, samples);
            if (random.Next(300) == 0)
            {
                await ward.ResolveAsync(of.Patient, time + 1);
            }
        }

        for (; tick < End; tick += 1000)
        {
            ward.Tick(tick);
        }

        // Some of it in blocks, some not yet, and not in the order in which it came.
        foreach (var part in coming.Chunk((coming.Count / 3) + 1))
        {
            await ward.Store.TakeAsync([.. part.SelectMany(c => c.Samples)]);
            await ward.Store.Get<Flusher>().FlushAsync(part[0].Of.Partition, default);
        }
    }

    private static Sample Value(Random random, Series series, long time, int about)
    {
        var value = about < 5 ? about : random.Next(60) == 0 ? (int)series.Metric.Possible.High : about + random.Next(-4, 5);
        return new Sample(series.Number, time, value * Sample.Scale, series.Metric.Plausible.Has(value) ? random.Next(50) == 0 ? SampleFlags.Questionable : SampleFlags.None : SampleFlags.Implausible);
    }
#pragma warning restore CA5394
}
