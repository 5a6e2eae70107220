using Microsoft.Extensions.Logging;

namespace Salus.Records;

/// <summary>What the record logs. Never content of resources.</summary>
internal static partial class RecordsLog
{
    [LoggerMessage(1001, LogLevel.Warning, "A group of {Sets} write sets was refused with SQLSTATE {SqlState}; each is tried alone")]
    public static partial void GroupRefused(ILogger logger, int sets, string sqlState);

    [LoggerMessage(1002, LogLevel.Error, "The commit of {Sets} write sets failed")]
    public static partial void CommitFailed(ILogger logger, Exception exception, int sets);

    [LoggerMessage(1003, LogLevel.Error, "Feed consumer {Consumer} failed; it is tried again in {Delay}")]
    public static partial void ConsumerFailed(ILogger logger, Exception exception, string consumer, TimeSpan delay);

    [LoggerMessage(1004, LogLevel.Warning, "The planner's statistics could not be brought up to date")]
    public static partial void AnalyzeFailed(ILogger logger, Exception exception);

    [LoggerMessage(1005, LogLevel.Warning, "The pending lists of the inverted indexes could not be merged")]
    public static partial void MergeFailed(ILogger logger, Exception exception);

    [LoggerMessage(1013, LogLevel.Warning, "The package {File} is left out: {Reason}")]
    public static partial void PackageLeftOut(ILogger logger, string file, string reason);

    [LoggerMessage(1014, LogLevel.Information, "Search parameters of packages: {Taken} are searched by, {Skipped} are skipped; GET /admin/search/reindex says why")]
    public static partial void PackageParametersDecided(ILogger logger, int taken, int skipped);

    [LoggerMessage(1015, LogLevel.Warning, "The search parameters of packages could not be stored; it is tried again")]
    public static partial void PackageParametersFailed(ILogger logger, Exception exception);

    [LoggerMessage(1050, LogLevel.Error, "The tables of views could not be filled; it is tried again")]
    public static partial void ViewBuildFailed(ILogger logger, Exception exception);

    [LoggerMessage(1060, LogLevel.Warning, "National identifiers are stored unsealed: with an outside PostgreSQL and no data folder there is no place for keys. Name a key file with Salus:Records:Sealed:KeyFile, or a data folder")]
    public static partial void NothingSealed(ILogger logger);

    [LoggerMessage(1061, LogLevel.Error, "The changed key file is not taken, the keys of before go on: {Reason}")]
    public static partial void KeysUnreadable(ILogger logger, string reason);

    [LoggerMessage(1062, LogLevel.Error, "Stored values could not be sealed again; it is tried again in {Delay}")]
    public static partial void ResealFailed(ILogger logger, Exception exception, TimeSpan delay);

    [LoggerMessage(1063, LogLevel.Information, "Stored values are sealed by the rules and keys of now: {Changed} of {Versions} versions were changed")]
    public static partial void Resealed(ILogger logger, long changed, long versions);

    [LoggerMessage(1010, LogLevel.Warning, "The search parameters of the record could not be looked at; it is tried again")]
    public static partial void WatchFailed(ILogger logger, Exception exception);

    [LoggerMessage(1011, LogLevel.Error, "Indexing stored resources again failed; it goes on in {Delay}")]
    public static partial void ReindexFailed(ILogger logger, Exception exception, TimeSpan delay);

    [LoggerMessage(1012, LogLevel.Warning, "The search parameters could not be loaded after a change; it is tried again")]
    public static partial void RefreshFailed(ILogger logger, Exception exception);

    [LoggerMessage(1021, LogLevel.Error, "The work on what is answered later paused")]
    public static partial void JobsPaused(ILogger logger, Exception exception);

    [LoggerMessage(1022, LogLevel.Error, "The {Kind} {Id} failed")]
    public static partial void JobFailed(ILogger logger, Exception exception, string kind, string id);

    [LoggerMessage(1060, LogLevel.Error, "The delivery of notifications paused; it is tried again")]
    public static partial void DeliveryPaused(ILogger logger, Exception exception);

    [LoggerMessage(1061, LogLevel.Warning, "A notification of subscription {Number} failed for the {Attempt}. time: {Reason}")]
    public static partial void NotificationFailed(ILogger logger, int number, int attempt, string reason);

    [LoggerMessage(1062, LogLevel.Error, "The work on subscription {Number} failed; it is tried again")]
    public static partial void DeliveryFailed(ILogger logger, Exception exception, int number);

    [LoggerMessage(1063, LogLevel.Warning, "The status of subscription {Number} could not be set to {Status}: {Reason}")]
    public static partial void StatusNotSet(ILogger logger, int number, string status, string reason);

    [LoggerMessage(1064, LogLevel.Warning, "{Count} events of subscription {Number} were removed before they arrived (Salus:Records:Subscriptions:MaxEvents, EventHours)")]
    public static partial void EventsDropped(ILogger logger, long count, int number);

    [LoggerMessage(1065, LogLevel.Warning, "A client of subscription {Number} was cut off: it did not take what it was sent within {Seconds} s")]
    public static partial void ClientTooSlow(ILogger logger, int number, int seconds);
}
