namespace Salus.Monitoring.Storage;

/// <summary>Milliseconds since 1970 UTC, as samples have them, and as the database and .NET do.</summary>
internal static class UnixTime
{
    public const long Minute = 60_000;
    public const long Hour = 60 * Minute;
    public const long Day = 24 * Hour;

    /// <summary>The first time that is too late: the year 10000.</summary>
    public const long End = 253_402_300_800_000;

    public static DateTime Of(long milliseconds) => DateTime.UnixEpoch.AddTicks(milliseconds * TimeSpan.TicksPerMillisecond);

    public static long Of(DateTime time) => (time.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;

    /// <summary>The last multiple of a period that is not after the time.</summary>
    public static long Floor(long milliseconds, long period) => milliseconds - (((milliseconds % period) + period) % period);
}
