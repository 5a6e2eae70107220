using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Salus.Kernel;
using Salus.Monitoring.Flow;
using Salus.Records;

namespace Salus.Monitoring.Alerts;

/// <summary>Brings alerts into the record as Flag and Communication, after they are stored. What fails is tried again until the record has it.</summary>
internal sealed class AlertRecorder(AlertTable table, Record record, SampleOwner owner, TimeProvider time, ILogger<AlertRecorder> log) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    /// <summary>Writes what the record does not have; the number of alerts.</summary>
    internal async Task<int> RunDueAsync(CancellationToken ct)
    {
        var due = await table.UnrecordedAsync(ct);
        foreach (var ofTenant in due.GroupBy(a => a.Tenant))
        {
            var caller = Caller.System with { Tenant = ofTenant.Key };
            var alerts = ofTenant.ToList();
            if ((await record.PostBundleAsync(caller, AlertResources.Transaction(alerts), ct)).Failed(out var failure))
            {
                await RecordEachAsync(caller, alerts, failure, ct);
                continue;
            }

            await table.RecordedAsync(alerts, ct);
        }

        return due.Count;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => new WorkLoop(time, (e, pause) => MonitoringLog.AlertsNotRecorded(log, pause, e), Pace).RunAsync(
        async ct =>
        {
            // Of processes that share the patients one does it for all: whoever has the first partition.
            if ((owner.Clustered && !owner.Holds(0)) || await RunDueAsync(ct) == 0)
            {
                await Task.Delay(Pace, time, ct);
            }
        },
        stoppingToken);

    // One that the record refuses, such as of a patient who was deleted, does not keep the others.
    private async Task RecordEachAsync(Caller caller, List<Alert> alerts, Failure failure, CancellationToken ct)
    {
        if (failure.Kind == FailureKind.Unavailable)
        {
            throw new IOException("The record is away.");
        }

        foreach (var alert in alerts)
        {
            if ((await record.PostBundleAsync(caller, AlertResources.Transaction([alert]), ct)).Failed(out var refused))
            {
                if (refused.Kind == FailureKind.Unavailable)
                {
                    throw new IOException("The record is away.");
                }

                MonitoringLog.AlertRefused(log, alert.Id, refused.Kind);
            }

            await table.RecordedAsync([alert], ct);
        }
    }
}
