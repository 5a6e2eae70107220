using Microsoft.Extensions.Logging;

namespace Salus.Access;

internal static partial class AccessLog
{
    [LoggerMessage(1, LogLevel.Error, "The route {Route} does not say who may call it, so it is closed.")]
    public static partial void Unclassified(ILogger logger, string route);

    [LoggerMessage(20, LogLevel.Error, "The audit trail could not take {Count} entries; the requests were refused.")]
    public static partial void AuditNotWritten(ILogger logger, int count, Exception error);

    [LoggerMessage(21, LogLevel.Error, "The audit trail could not be linked; it is tried again in a moment.")]
    public static partial void AuditNotLinked(ILogger logger, Exception error);

    [LoggerMessage(22, LogLevel.Error, "The partitions of the audit trail could not be made or dropped; it is tried again in an hour.")]
    public static partial void AuditPartitionsFailed(ILogger logger, Exception error);

    [LoggerMessage(23, LogLevel.Information, "The audit trail's partition {Partition} with {Entries} entries is older than {Years} years and was dropped.")]
    public static partial void AuditPartitionDropped(ILogger logger, string partition, long entries, int years);

    [LoggerMessage(30, LogLevel.Warning, "No key for tokens can be opened: the Data Protection keys of this installation are not those that protected them. A new key signs from now on; keep the keys with the data.")]
    public static partial void SigningKeysLost(ILogger logger);

    [LoggerMessage(31, LogLevel.Warning, "The upkeep of tokens and keys failed; it is tried again.")]
    public static partial void UpkeepFailed(ILogger logger, Exception error);

    [LoggerMessage(32, LogLevel.Warning, "{What} of app {Client} was used a second time: everything that was issued with it is revoked.")]
    public static partial void Replayed(ILogger logger, string what, string client);

    [LoggerMessage(33, LogLevel.Warning, "The key set of app {Client} cannot be had: {Reason}")]
    public static partial void KeySetMissing(ILogger logger, string client, string reason);

    [LoggerMessage(24, LogLevel.Error, "The database did not take entries of the audit trail; they are in the journal, which has {Bytes} bytes, and tried again.")]
    public static partial void AuditNotShipped(ILogger logger, long bytes, Exception error);

    [LoggerMessage(25, LogLevel.Error, "The disk did not take a journal of the audit trail in time; entries of the last moments survive the end of Salus and perhaps not that of the machine. Another file is begun.")]
    public static partial void AuditNotOnDisk(ILogger logger, Exception error);
}
