using System.Runtime.InteropServices;

namespace Salus.Monitoring.Monitors;

/// <summary>What came in a span of time. Integers, so that the order in which it came does not matter. 20 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct Bucket
{
    public int Min;
    public int Max;
    public int Count;
    public long Sum;

    public void Add(int value)
    {
        (Min, Max) = Count == 0 ? (value, value) : (Math.Min(Min, value), Math.Max(Max, value));
        Sum += value;
        Count++;
    }
}

/// <summary>What a metric of a patient was in the last hours: whole buckets, the one of the present included. Thousandths of the metric's unit.</summary>
internal readonly record struct Window(int Min, int Max, long Sum, int Count)
{
    /// <summary>In the metric's unit; null when nothing came.</summary>
    public double? Mean => Count == 0 ? null : (double)Sum / Count / Flow.Sample.Scale;
}

/// <summary>The windows that are kept.</summary>
internal enum WindowSpan
{
    /// <summary>60 buckets of a minute.</summary>
    Hour,
    /// <summary>36 buckets of ten minutes.</summary>
    SixHours,
    /// <summary>48 buckets of half an hour.</summary>
    Day,
}
