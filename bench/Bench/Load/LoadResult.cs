namespace Salus.Bench.Load;

/// <summary>What the clients saw.</summary>
internal sealed class ClientCount
{
    /// <summary>Of the measured part.</summary>
    public Latencies Latencies { get; } = new();

    /// <summary>Of the measured part and of the warm-up.</summary>
    public long[] Statuses { get; } = new long[600];

    /// <summary>Bytes of the measured answers.</summary>
    public long Bytes { get; private set; }

    public void Add(int status, TimeSpan latency, long bytes)
    {
        Latencies.Record(latency);
        Statuses[status]++;
        Bytes += bytes;
    }

    public void WarmUp(int status) => Statuses[status]++;
}

/// <summary>The outcome of one load.</summary>
internal sealed class LoadResult
{
    private readonly double[] meters;
    private readonly IReadOnlyList<Meter> names;

    /// <param name="meters">Growth of this process's own processor time, then of the meters.</param>
    public LoadResult(string name, int clients, TimeSpan elapsed, ClientCount count, double[] meters, IReadOnlyList<Meter> names)
    {
        (Name, Clients, Elapsed, this.meters, this.names) = (name, clients, elapsed, meters, names);
        (Latencies, Bytes) = (count.Latencies, count.Bytes);
        for (var status = 0; status < count.Statuses.Length; status++)
        {
            if (count.Statuses[status] > 0)
            {
                Statuses[status] = count.Statuses[status];
            }
        }
    }

    public string Name { get; }

    public int Clients { get; }

    /// <summary>From the end of the warm-up to the last answer.</summary>
    public TimeSpan Elapsed { get; }

    public Latencies Latencies { get; }

    /// <summary>All answers, warm-up included, by status; 0 for a broken connection.</summary>
    public SortedDictionary<int, long> Statuses { get; } = [];

    public long Bytes { get; }

    public long Requests => Latencies.Count;

    public double PerSecond => Requests / Elapsed.TotalSeconds;

    /// <summary>Answers that were no success.</summary>
    public long Failures => Statuses.Where(s => s.Key is < 200 or > 299).Sum(s => s.Value);

    /// <summary>Successes, warm-up included.</summary>
    public long Successes => Statuses.Sum(s => s.Value) - Failures;

    /// <summary>Processor time of the load generator for one request, in microseconds.</summary>
    public double OwnMicroseconds => meters[0] * 1e6 / Math.Max(1, Requests);

    /// <summary>How much a meter grew for one request; not a number when there is none of that name.</summary>
    public double PerRequest(string meter) => names.Select((m, i) => (m.Name, Value: meters[i + 1])).Where(m => m.Name == meter).Select(m => m.Value / Math.Max(1, Requests)).FirstOrDefault(double.NaN);

    public string FailureText => string.Join(", ", Statuses.Where(s => s.Key is < 200 or > 299).Select(s => $"{s.Value} x {(s.Key == 0 ? "connection lost" : s.Key.ToString(System.Globalization.CultureInfo.InvariantCulture))}"));
}
