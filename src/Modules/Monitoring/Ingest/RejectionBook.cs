using Salus.Kernel;

namespace Salus.Monitoring.Ingest;

/// <summary>Rejections of a device for a reason that are not written yet.</summary>
internal readonly record struct RejectionCount(Tenant Tenant, string Device, string Reason, long Count, DateTimeOffset Last);

/// <summary>A rejection that is kept to look at.</summary>
internal readonly record struct RejectionExample(Tenant Tenant, DateTimeOffset At, Rejection Rejection);

/// <summary>Counts rejections until they are written, and picks those that are kept. Memory is bounded by devices, reasons and minutes, not by how many there are. Safe for all threads.</summary>
internal sealed class RejectionBook(IngestOptions options, TimeProvider time)
{
    // Names of devices come from outside.
    private const int MostKeys = 10_000;
    private const string Others = "(others)";

    private readonly Lock gate = new();
    private readonly Dictionary<(Tenant, string, Reason), Entry> entries = [];
    private List<RejectionExample> examples = [];

    /// <summary>Whether there is something to write.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (gate)
            {
                return examples.Count == 0 && entries.Values.All(e => e.Count == 0);
            }
        }
    }

    /// <summary>Takes over what was rejected of a device.</summary>
    public void Add(Tenant tenant, DeviceBatch device)
    {
        var now = time.GetUtcNow();
        lock (gate)
        {
            for (var reason = (Reason)0; (int)reason < Reasons.Count; reason++)
            {
                if (device.Rejected(reason) is > 0 and var count)
                {
                    Add(Of(tenant, device.Name, reason), tenant, device, reason, count, now);
                }
            }
        }
    }

    /// <summary>What has to be written since the last time. Give it back when that fails.</summary>
    public (IReadOnlyList<RejectionCount> Counts, IReadOnlyList<RejectionExample> Examples) Take()
    {
        lock (gate)
        {
            var minute = Minute(time.GetUtcNow());
            var counts = entries.Where(e => e.Value.Count > 0).Select(e => new RejectionCount(e.Key.Item1, e.Key.Item2, e.Key.Item3.Text(), e.Value.Count, e.Value.Last)).ToList();
            foreach (var (key, entry) in entries.ToList())
            {
                entry.Count = 0;
                if (entry.Minute < minute)
                {
                    entries.Remove(key);
                }
            }

            var taken = examples;
            examples = [];
            return (counts, taken);
        }
    }

    /// <summary>What could not be written.</summary>
    public void GiveBack(IReadOnlyList<RejectionCount> counts, IReadOnlyList<RejectionExample> unwritten)
    {
        lock (gate)
        {
            foreach (var count in counts)
            {
                var reason = (Reason)Enumerable.Range(0, Reasons.Count).First(r => ((Reason)r).Text() == count.Reason);
                var entry = Of(count.Tenant, count.Device, reason);
                entry.Count += count.Count;
                entry.Last = entry.Last > count.Last ? entry.Last : count.Last;
            }

            // Away for long, the newest are more use than the oldest.
            examples = [.. unwritten.Concat(examples).TakeLast(MostKeys)];
        }
    }

    private void Add(Entry entry, Tenant tenant, DeviceBatch device, Reason reason, int count, DateTimeOffset now)
    {
        entry.Count += count;
        entry.Last = now;
        if (entry.Minute != Minute(now))
        {
            (entry.Minute, entry.Kept) = (Minute(now), 0);
        }

        foreach (var example in device.Examples.Where(e => e.Reason == reason).Take(options.RejectionSamples - entry.Kept))
        {
            entry.Kept++;
            examples.Add(new RejectionExample(tenant, now, example));
        }
    }

    private Entry Of(Tenant tenant, string device, Reason reason)
    {
        if (!entries.TryGetValue((tenant, device, reason), out var entry) && entries.Count >= MostKeys)
        {
            entries.TryGetValue((tenant, device = Others, reason), out entry);
        }

        return entry ?? (entries[(tenant, device, reason)] = new Entry());
    }

    private static long Minute(DateTimeOffset at) => at.UtcTicks / TimeSpan.TicksPerMinute;

    private sealed class Entry
    {
        public long Count { get; set; }

        public DateTimeOffset Last { get; set; }

        public long Minute { get; set; }

        public int Kept { get; set; }
    }
}
