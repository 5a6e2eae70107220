namespace Salus.Records.Search;

/// <summary>What is left of the time that a search may take, for one that asks the database several times.</summary>
internal sealed class TimeLeft(TimeProvider time, int seconds)
{
    private readonly long started = time.GetTimestamp();

    /// <summary>Whether nothing is left.</summary>
    public bool IsOver => Elapsed >= seconds;

    /// <summary>How long the next statement may take, in seconds; at least 1, as 0 would be without limit.</summary>
    public int Seconds => Math.Max(1, seconds - (int)Elapsed);

    private double Elapsed => time.GetElapsedTime(started).TotalSeconds;
}
