using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Salus.Kernel;
using Salus.Simulation.Bedside;
using Salus.Simulation.Streams;

namespace Salus.Simulation.Demo;

/// <summary>
/// Measures the patients of some wards of the demo hospital with simulated monitors, for as long as the server runs. Most are calm; every few hours one falls ill and recovers, and on the first day the
/// first one is already on the way. A record that is not the demo hospital is never touched.
/// </summary>
internal sealed class DemoMonitors(IBedsideLink link, DemoLedger ledger, DemoProgress progress, StreamOptions options, TimeProvider time, ILogger<DemoMonitors> log) : BackgroundService
{
    private const long Hour = 3_600_000;

    // A server that was away for longer has a gap, as when monitors were off.
    private const long LongestDelay = 10 * 60_000;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new WorkLoop(time, (e, _) => SimulationLog.MonitorsFailed(log, e)).UntilDoneAsync(RunAsync, stoppingToken);

    private async Task RunAsync(CancellationToken ct)
    {
        if (!options.Monitors || await progress.Team.WaitAsync(ct) is null)
        {
            return;
        }

        await progress.Filled.WaitAsync(ct);
        if (await ledger.FindAsync(ct) is not { } demo)
        {
            return;
        }

        var beds = new DemoBeds(new SyntheticHospital(demo.Plan, time), demo.Plan, options.Wards);
        if (beds.Places.Count == 0)
        {
            return;
        }

        var known = await ledger.MonitorsSinceAsync(ct);
        var since = known ?? time.GetUtcNow();
        await AttachAsync(beds, since, ct);
        if (known is null)
        {
            await FillHistoryAsync(beds, since.ToUnixTimeMilliseconds(), ct);
            await ledger.NoteMonitorsAsync(since, ct);
        }

        SimulationLog.MonitorsStarted(log, beds.Places.Count);
        while (!ct.IsCancellationRequested)
        {
            await StreamAsync(beds, since.ToUnixTimeMilliseconds(), ct);
        }
    }

    private async Task AttachAsync(DemoBeds beds, DateTimeOffset since, CancellationToken ct)
    {
        if (await new Registration(link, time).AttachAsync(beds.Places, since.AddHours(-options.HistoryHours), ct) is { } failure)
        {
            throw new InvalidOperationException(failure.ToString());
        }
    }

    // Bed by bed: a body has an order of time, and a monitor that is rebuilt from it is as if it had always been there.
    private async Task FillHistoryAsync(DemoBeds beds, long since, CancellationToken ct)
    {
        var start = since - (options.HistoryHours * Hour);
        foreach (var monitor in beds.Monitors(since, start))
        {
            Told(await new StreamRun([monitor], start, 60_000, options.Speed, link, time, new StreamCounts()) { Anchor = since }.UntilAsync(since, ct));
        }
    }

    private async Task StreamAsync(DemoBeds beds, long since, CancellationToken ct)
    {
        var start = time.GetUtcNow().ToUnixTimeMilliseconds();
        var counts = new StreamCounts();
        var run = new StreamRun(beds.Monitors(since, start, options.WaveformBeds), start, 1000 / options.Rate, options.Speed, link, time, counts) { Anchor = since };
        var told = 0L;
        while (!ct.IsCancellationRequested && time.GetUtcNow().ToUnixTimeMilliseconds() - run.Due < LongestDelay)
        {
            Told(await run.UntilAsync(run.Due + 60_000, ct));
            if (counts.Rejected > told)
            {
                SimulationLog.SamplesRejected(log, counts.Rejected - told, counts.Problem ?? "");
                told = counts.Rejected;
            }
        }
    }

    private static void Told(string? refused)
    {
        if (refused is not null)
        {
            throw new InvalidOperationException(refused);
        }
    }
}
