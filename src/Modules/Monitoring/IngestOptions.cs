using System.ComponentModel.DataAnnotations;

namespace Salus.Monitoring;

/// <summary>Settings of what takes the data of devices, section <c>Salus:Monitoring:Ingest</c>.</summary>
public sealed class IngestOptions
{
    /// <summary>Seconds that a device's clock may be off: beyond it what is old is flagged, and what is from the future is rejected. Default 300.</summary>
    [Range(1, 86_400)]
    public int ClockToleranceSeconds { get; set; } = 300;

    /// <summary>The largest body of <c>POST /telemetry</c>, in bytes, after decompression. Default 8 MB: about 100,000 values as JSON.</summary>
    [Range(1024, 50_000_000)]
    public int MaxBatchBytes { get; set; } = 8_000_000;

    /// <summary>Bytes of all bodies that are in work at once; who comes beyond it is told to wait (429). Default 64 MB.</summary>
    [Range(1024, 1_000_000_000)]
    public int MaxWaitingBytes { get; set; } = 64_000_000;

    /// <summary>Rejected values that are kept to look at, of each device and reason in a minute; all are counted. Default 3.</summary>
    [Range(0, 100)]
    public int RejectionSamples { get; set; } = 3;

    /// <summary>Days that these and their numbers are kept. Default 30.</summary>
    [Range(1, 3650)]
    public int RejectionDays { get; set; } = 30;
}
