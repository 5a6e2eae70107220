using System.Collections.Concurrent;

namespace Salus.Kernel;

/// <summary>Lets each thing be said once in a while, so that what happens a thousand times a second does not fill the log. Safe for all threads.</summary>
/// <param name="pause">For how long a thing is not said again.</param>
public sealed class Quiet(TimeProvider time, TimeSpan pause)
{
    private readonly ConcurrentDictionary<string, long> said = new(StringComparer.Ordinal);

    /// <summary>Whether it may be said now; then it counts as said.</summary>
    public bool Over(string what)
    {
        var now = time.GetTimestamp();
        if (said.TryGetValue(what, out var last))
        {
            // Of two that come at once one says it.
            return time.GetElapsedTime(last, now) > pause && said.TryUpdate(what, now, last);
        }

        return said.TryAdd(what, now);
    }
}
