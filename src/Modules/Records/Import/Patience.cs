namespace Salus.Records.Import;

/// <summary>How long an import waits for a target that is away: a minute and a half in all, which a server needs at most to start again.</summary>
internal static class Patience
{
    /// <summary>How often it is asked.</summary>
    public const int Attempts = 10;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>The pause after an attempt.</summary>
    /// <param name="asked">By the server: <c>Retry-After</c>.</param>
    /// <param name="attempt">1, 2, 3 ...</param>
    public static TimeSpan Pause(TimeSpan? asked, int attempt)
    {
        var pause = asked ?? TimeSpan.FromMilliseconds(250L << (attempt - 1));
        return pause > Longest ? Longest : pause < TimeSpan.Zero ? TimeSpan.Zero : pause;
    }
}
