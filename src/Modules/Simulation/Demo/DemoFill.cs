using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Salus.Kernel;
using Salus.Records;

namespace Salus.Simulation.Demo;

/// <summary>
/// Fills an empty record with the demo hospital, through the normal write path, while the server already answers. A fill that was stopped goes on
/// at the next start; ids are fixed, so the one bundle that may come twice only gains a version.
/// </summary>
internal sealed class DemoFill(Record record, DemoLedger ledger, DemoProgress progress, SimulationOptions options, TimeProvider time, ILogger<DemoFill> log) : BackgroundService
{
    private static readonly Caller Filler = Caller.System with { Actor = "simulation" };

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await FillAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            // The server goes on without its demo; the next start tries again.
            progress.Status = progress.Status is { } status ? status with { Running = false } : null;
            SimulationLog.FillFailed(log, e);
            progress.Found(null);
        }
    }

    private async Task FillAsync(CancellationToken ct)
    {
        var found = await ledger.FindAsync(ct);
        if (found is null && (!options.Enabled || await record.HeadAsync(ct) > 0))
        {
            progress.Found(null);
            return;
        }

        var (plan, done) = found ?? (new HospitalPlan(options.Seed, options.Patients, options.Years), 0);
        var hospital = new SyntheticHospital(plan, time);
        if (found is null)
        {
            await ledger.StartAsync(plan, hospital.Until, ct);
        }

        progress.Found(plan.Patients > 0 ? hospital.Team : null);
        if (done < hospital.BundleCount)
        {
            SimulationLog.FillStarted(log, done, hospital.BundleCount);
        }

        for (; done < hospital.BundleCount; done++)
        {
            progress.Status = new DemoStatus(true, done, hospital.BundleCount);
            var outcome = await PostAsync(hospital.Bundle(done), ct);
            if (outcome.Failed(out var failure))
            {
                progress.Status = new DemoStatus(false, done, hospital.BundleCount);
                SimulationLog.BundleRefused(log, done, string.Join(", ", failure.Problems.Select(p => $"{p.Code} at {p.Path}")));
                return;
            }

            await ledger.AdvanceAsync(done + 1, ct);
            if (done + 1 == hospital.BundleCount)
            {
                SimulationLog.FillDone(log, hospital.BundleCount);
            }
        }

        progress.Status = new DemoStatus(false, done, hospital.BundleCount);
        progress.Complete();
    }

    // The database can be away for a moment; everything else would fail again.
    private async Task<Outcome<ReadOnlyMemory<byte>>> PostAsync(ReadOnlyMemory<byte> bundle, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            var outcome = await record.PostBundleAsync(Filler, bundle, ct);
            if (!outcome.Failed(out var failure) || failure.Kind != FailureKind.Unavailable || attempt == 10)
            {
                return outcome;
            }

            await Task.Delay(TimeSpan.FromSeconds(attempt), time, ct);
        }
    }
}
