using Microsoft.Extensions.Logging;

namespace Salus.Monitoring;

/// <summary>What monitoring logs: 30.. storage of samples, 31.. patient monitors, 32.. alerts, 33.. live push. Never data of patients.</summary>
internal static partial class MonitoringLog
{
    [LoggerMessage(3001, LogLevel.Error, "Samples cannot be stored; requests are answered with 503 until they can be")]
    public static partial void CommitFailed(ILogger logger, Exception exception);

    [LoggerMessage(3002, LogLevel.Information, "Samples are stored again")]
    public static partial void CommitsAgain(ILogger logger);

    [LoggerMessage(3003, LogLevel.Error, "{Observer} failed on samples of partition {Partition}; it goes on with the next")]
    public static partial void ObserverFailed(ILogger logger, Exception exception, string observer, int partition);

    [LoggerMessage(3004, LogLevel.Information, "Read {Samples} samples of {Rows} rows from the journal in {Elapsed}")]
    public static partial void Replayed(ILogger logger, long samples, long rows, TimeSpan elapsed);

    [LoggerMessage(3005, LogLevel.Error, "Samples of partition {Partition} could not be put into blocks; they are in the journal, and it is tried again")]
    public static partial void FlushFailed(ILogger logger, Exception exception, int partition);

    [LoggerMessage(3006, LogLevel.Error, "The tables of samples could not be made ahead or dropped; it is tried again")]
    public static partial void KeeperFailed(ILogger logger, Exception exception);

    [LoggerMessage(3007, LogLevel.Information, "Dropped {Table}: all of it was older than it is kept")]
    public static partial void Dropped(ILogger logger, string table);

    [LoggerMessage(3008, LogLevel.Error, "Observations of a minute could not be stored; it is tried again")]
    public static partial void SummaryFailed(ILogger logger, Exception exception);

    [LoggerMessage(3009, LogLevel.Error, "Observations of a minute were refused: {Reason}")]
    public static partial void SummaryRefused(ILogger logger, string reason);

    [LoggerMessage(3010, LogLevel.Critical, "Another Salus process on this database has begun to take the samples of devices; this one refuses them and judges no patient until it starts again. Run one process that takes samples")]
    public static partial void Overtaken(ILogger logger);

    [LoggerMessage(3011, LogLevel.Warning, "Another process has taken over partition {Partition}; what was kept of it is forgotten")]
    public static partial void PartitionGone(ILogger logger, int partition);

    [LoggerMessage(3012, LogLevel.Information, "Took over {Partitions} partitions with {Samples} samples of the journal in {Elapsed}")]
    public static partial void TookOver(ILogger logger, int partitions, long samples, TimeSpan elapsed);

    [LoggerMessage(3013, LogLevel.Information, "Gave partition {Partition} back, for the process that is to have it")]
    public static partial void GaveBack(ILogger logger, int partition);

    [LoggerMessage(3014, LogLevel.Warning, "What another process told of its patients cannot be read; is it of another version?")]
    public static partial void NewsUnread(ILogger logger, Exception exception);

    [LoggerMessage(3015, LogLevel.Warning, "The states of patients were not told to other processes; the next ones are")]
    public static partial void NewsUnsent(ILogger logger, Exception exception);

    [LoggerMessage(3016, LogLevel.Warning, "Changes of alerts by other processes could not be read; it is tried again")]
    public static partial void AlertsUnread(ILogger logger, Exception exception);

    [LoggerMessage(3017, LogLevel.Information, "Samples are rows of {Table} too: the database has TimescaleDB {Version}")]
    public static partial void SamplesInHypertable(ILogger logger, string table, string version);

    [LoggerMessage(3018, LogLevel.Error, "{Table} did not take {Samples} samples between {From:u} and {Until:u}: there they are missing, in the record they are not. Salus:Monitoring:SqlSamples = Off ends the attempts")]
    public static partial void SamplesNotInRows(ILogger logger, Exception exception, string table, int samples, DateTime from, DateTime until);

    [LoggerMessage(3019, LogLevel.Warning, "TimescaleDB {Version} refuses the hypertable for samples, so they are not rows: it needs the community edition, and an owner of the database that may make a schema")]
    public static partial void NoHypertable(ILogger logger, Exception exception, string version);

    [LoggerMessage(3020, LogLevel.Error, "Version {Version} of a stored rule cannot be read and counts for nothing: {Reason}")]
    public static partial void RuleUnreadable(ILogger logger, int version, string reason);

    [LoggerMessage(3101, LogLevel.Error, "The monitors of partition {Partition} failed over samples or a tick")]
    public static partial void MonitorsFailed(ILogger logger, Exception exception, int partition);

    [LoggerMessage(3102, LogLevel.Warning, "The snapshot of partition {Partition} cannot be read; its monitors are made of the samples of a day")]
    public static partial void SnapshotUnreadable(ILogger logger, Exception exception, int partition);

    [LoggerMessage(3103, LogLevel.Warning, "The snapshot of partition {Partition} was not written; the one before stands")]
    public static partial void SnapshotFailed(ILogger logger, Exception exception, int partition);

    [LoggerMessage(3104, LogLevel.Warning, "What the record says of patients could not be read for their scores; it is tried again")]
    public static partial void FactsUnread(ILogger logger, Exception exception);

    [LoggerMessage(3105, LogLevel.Error, "{Observer} failed over the state of a patient")]
    public static partial void StateObserverFailed(ILogger logger, Exception exception, string observer);

    [LoggerMessage(3106, LogLevel.Error, "The look at all patients that is due every second failed; the next one follows")]
    public static partial void TickFailed(ILogger logger, Exception exception);

    [LoggerMessage(3201, LogLevel.Error, "Alerts could not be stored; they wait, and it is tried again in {Pause}")]
    public static partial void AlertsNotStored(ILogger logger, TimeSpan pause, Exception exception);

    [LoggerMessage(3202, LogLevel.Error, "Alerts that are due could not be escalated; it is tried again in {Pause}")]
    public static partial void EscalationFailed(ILogger logger, TimeSpan pause, Exception exception);

    [LoggerMessage(3203, LogLevel.Error, "Alerts could not be written into the record; it is tried again in {Pause}")]
    public static partial void AlertsNotRecorded(ILogger logger, TimeSpan pause, Exception exception);

    [LoggerMessage(3205, LogLevel.Error, "A replay of rules failed")]
    public static partial void ReplayFailed(ILogger logger, Exception exception);

    [LoggerMessage(3204, LogLevel.Error, "The record refuses the Flag of alert {Alert} ({Kind}); the alert itself stands in the list of alerts")]
    public static partial void AlertRefused(ILogger logger, Guid alert, Salus.Kernel.FailureKind kind);

    [LoggerMessage(3301, LogLevel.Error, "A ward or patient that somebody follows could not be told of; the connection is ended, so that the client comes back")]
    public static partial void WatchFailed(ILogger logger, Exception exception);

    [LoggerMessage(3302, LogLevel.Error, "That alerts were delivered could not be noted; it is tried again in {Pause}")]
    public static partial void DeliveriesNotNoted(ILogger logger, TimeSpan pause, Exception exception);

    [LoggerMessage(3402, LogLevel.Warning, "The scores of models could not be read; those of other processes come later")]
    public static partial void ModelScoresUnread(ILogger logger, Exception exception);

    [LoggerMessage(3401, LogLevel.Error, "Waveforms could not be stored; who sends them is told to send them again")]
    public static partial void WaveformsNotStored(ILogger logger, Exception exception);
}
