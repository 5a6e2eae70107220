using System.Collections.Concurrent;
using Salus.Monitoring.Alerts;

namespace Salus.Monitoring.Cluster;

/// <summary>The changes of alerts that this process knows of, so that each is told of once, wherever it was made. Safe for all threads.</summary>
internal sealed class AlertChanges : IAlertObserver, IDisposable
{
    private readonly ConcurrentDictionary<Guid, long> known = new();
    private readonly SemaphoreSlim signal = new(0, 1);
    private int changed;

    /// <inheritdoc/>
    public void Changed(Alert alert)
    {
        // What was heard from another process is noted before: it is no news to the others.
        if (Note(alert))
        {
            Volatile.Write(ref changed, 1);
        }
    }

    /// <summary>True when nothing newer of the alert was known before.</summary>
    public bool Note(Alert alert)
    {
        var news = true;
        known.AddOrUpdate(alert.Id, alert.Change, (_, before) =>
        {
            news = before < alert.Change;
            return Math.Max(before, alert.Change);
        });
        return news;
    }

    /// <summary>Forgets what is too old to be seen again.</summary>
    public void Forget(long before)
    {
        foreach (var (id, change) in known)
        {
            if (change < before)
            {
                known.TryRemove(id, out _);
            }
        }
    }

    /// <summary>Whether anything changed here since the last time.</summary>
    public bool Took() => Interlocked.Exchange(ref changed, 0) != 0;

    /// <summary>Another process says that something changed.</summary>
    public void Wake()
    {
        try
        {
            signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is known already.
        }
    }

    public void Dispose() => signal.Dispose();

    /// <summary>Waits for that, or so long.</summary>
    public Task WaitAsync(TimeSpan most, CancellationToken ct) => signal.WaitAsync(most, ct);
}
