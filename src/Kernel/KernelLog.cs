using Microsoft.Extensions.Logging;

namespace Salus.Kernel;

internal static partial class KernelLog
{
    [LoggerMessage(1, LogLevel.Information, "PostgreSQL {Version} is ready on {Folder} (new: {Fresh}) after {Milliseconds} ms")]
    public static partial void ServerStarted(this ILogger logger, string version, string folder, bool fresh, long milliseconds);

    [LoggerMessage(2, LogLevel.Information, "PostgreSQL stopped after {Milliseconds} ms")]
    public static partial void ServerStopped(this ILogger logger, long milliseconds);

    [LoggerMessage(3, LogLevel.Error, "PostgreSQL (process {Process}) ended unexpectedly; it is started again")]
    public static partial void ServerLost(this ILogger logger, int process);

    [LoggerMessage(4, LogLevel.Warning, "PostgreSQL is ready again after {Attempt} attempts and {Milliseconds} ms")]
    public static partial void ServerRecovered(this ILogger logger, int attempt, long milliseconds);

    [LoggerMessage(5, LogLevel.Error, "PostgreSQL did not start again (attempt {Attempt}): {Reason} Next attempt in {PauseMilliseconds} ms")]
    public static partial void RestartFailed(this ILogger logger, int attempt, string reason, long pauseMilliseconds);

    [LoggerMessage(6, LogLevel.Warning, "Ended {Count} PostgreSQL processes that an earlier Salus had left on {Folder}")]
    public static partial void OrphanEnded(this ILogger logger, int count, string folder);

    [LoggerMessage(7, LogLevel.Warning, "PostgreSQL did not end within {Seconds} s and is told to end at once")]
    public static partial void StopForced(this ILogger logger, int seconds);

    [LoggerMessage(8, LogLevel.Warning, "No data folder is configured and ./data is closed to the server's account: the data is in {Folder}")]
    public static partial void DataElsewhere(this ILogger logger, string folder);

    [LoggerMessage(9, LogLevel.Information, "Connected to PostgreSQL {Version} at {Host}")]
    public static partial void OutsideConnected(this ILogger logger, string version, string host);

    [LoggerMessage(10, LogLevel.Information, "Applied migration {Module}/{Name} in {Milliseconds} ms")]
    public static partial void MigrationApplied(this ILogger logger, string module, string name, long milliseconds);

    [LoggerMessage(11, LogLevel.Warning, "THIS DATABASE CAN LOSE ACKNOWLEDGED DATA: PostgreSQL has {Settings}. Turn them on for any data that matters")]
    public static partial void MayLoseData(this ILogger logger, string settings);

    [LoggerMessage(12, LogLevel.Warning, "Salus opens up to {Wanted} connections (Salus:PoolSize), and PostgreSQL lets it have {Allowed}, which it shares with everybody else there. Raise max_connections or the limit of the role, or lower Salus:PoolSize, or requests will fail when there are many")]
    public static partial void FewConnections(this ILogger logger, int wanted, int allowed);

    [LoggerMessage(13, LogLevel.Warning, "There is no data folder and no Salus:Keys:MasterFile: keys of cookies and of what is protected like them are kept in memory, and sign-ins end with this process. Set one of the two")]
    public static partial void KeysInMemory(this ILogger logger);

    [LoggerMessage(14, LogLevel.Warning, "Searches are slow on this PostgreSQL until a superuser runs, in this database: {Sql}")]
    public static partial void SlowSearches(this ILogger logger, string sql);

    [LoggerMessage(15, LogLevel.Warning, "The folder {Folder} holds keys and is open to every account of this machine (mode {Mode}). Close it: chmod {Change} {Folder}")]
    public static partial void FolderOpen(this ILogger logger, string folder, string mode, string change);
}
