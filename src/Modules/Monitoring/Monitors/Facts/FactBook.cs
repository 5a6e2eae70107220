using System.Collections.Concurrent;
using Salus.Kernel;
using Salus.Monitoring.Scores;

namespace Salus.Monitoring.Monitors.Facts;

/// <summary>What is known of the patients who are monitored, in memory: a patient is read when somebody asks for the first time, and again after a change. Safe for all threads.</summary>
internal sealed class FactBook(FactTable? table) : IDisposable
{
    // A transaction of the feed may take half a minute until what it wrote shows.
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<(Tenant, string), PatientFacts> known = new();
    private readonly ConcurrentDictionary<(Tenant, string), bool> wanted = new();
    private readonly SemaphoreSlim signal = new(0, 1);
    private int version;

    /// <summary>Goes up with every change.</summary>
    public int Version => Volatile.Read(ref version);

    /// <summary>Null until they were read, which begins with this call.</summary>
    public PatientFacts? Of(Tenant tenant, string patient)
    {
        if (known.TryGetValue((tenant, patient), out var facts))
        {
            return facts;
        }

        if (wanted.TryAdd((tenant, patient), true))
        {
            Signal();
        }

        return null;
    }

    public void Set(Tenant tenant, string patient, PatientFacts facts)
    {
        known[(tenant, patient)] = facts;
        Interlocked.Increment(ref version);
    }

    /// <summary>Something changed, or somebody waits.</summary>
    public void Signal()
    {
        try
        {
            signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody was told already.
        }
    }

    /// <summary>Returns after <see cref="Signal"/>, or when so much time has passed that another process may have changed something.</summary>
    public Task WaitAsync(TimeSpan most, CancellationToken ct) => signal.WaitAsync(most, ct);

    /// <summary>Reads those who are waited for, and those of whom something changed.</summary>
    /// <returns>Whether anything is other than before.</returns>
    public async Task<bool> RefreshAsync(CancellationToken ct)
    {
        if (table is null)
        {
            return false;
        }

        var changed = (await table.ChangedAsync(Overlap, ct)).Where(known.ContainsKey);
        List<(Tenant, string)> all = [.. wanted.Keys.Union(changed)];
        var before = Version;
        foreach (var (patient, facts) in all.Count == 0 ? new Dictionary<(Tenant, string), PatientFacts>() : await table.ReadAsync(all, ct))
        {
            if (!known.TryGetValue(patient, out var old) || !Same(old, facts))
            {
                Set(patient.Item1, patient.Item2, facts);
            }

            wanted.TryRemove(patient, out _);
        }

        return Version != before;
    }

    public void Dispose() => signal.Dispose();

    private static bool Same(PatientFacts a, PatientFacts b) => a with { Labs = b.Labs } == b && a.Labs.Count == b.Labs.Count && a.Labs.All(l => b.Labs.TryGetValue(l.Key, out var value) && value == l.Value);
}
