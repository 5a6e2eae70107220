using System.ComponentModel.DataAnnotations;

namespace Salus.Monitoring;

/// <summary>Settings of device data and patient monitors, section <c>Salus:Monitoring</c>.</summary>
public sealed class MonitoringOptions
{
    /// <summary>Whether this process has all patients, or shares them with others by a broker (docs/modules/monitoring-cluster.md). Default <c>Embedded</c>.</summary>
    public MonitoringMode Mode { get; set; } = MonitoringMode.Embedded;

    /// <summary>Days that raw samples are kept. Default 30.</summary>
    [Range(1, 3650)]
    public int SampleDays { get; set; } = 30;

    /// <summary>Days that aggregates of minutes are kept. Default 365.</summary>
    [Range(1, 36500)]
    public int MinuteDays { get; set; } = 365;

    /// <summary>Days that aggregates of hours are kept. Default 3650.</summary>
    [Range(1, 36500)]
    public int HourDays { get; set; } = 3650;

    /// <summary>Days that waveforms are kept: one lead at 250 samples a second is some 16 to 29 MB a day. Default 3.</summary>
    [Range(1, 3650)]
    public int WaveformDays { get; set; } = 3;

    /// <summary>Days that the scores of models are kept. Default 365.</summary>
    [Range(8, 36500)]
    public int ModelScoreDays { get; set; } = 365;

    /// <summary>Whether samples are rows too, for who asks with SQL. Default <c>Auto</c>.</summary>
    public SqlSamples SqlSamples { get; set; } = SqlSamples.Auto;

    /// <summary>Samples that may wait to be stored before senders are held back; 24 bytes each. Default 500,000.</summary>
    [Range(1_000, 100_000_000)]
    public int WaitingSamples { get; set; } = 500_000;

    /// <summary>Minutes until samples go from the journal into blocks: longer makes greater blocks, more memory and a slower start after a crash. Default 10.</summary>
    [Range(1, 60)]
    public int FlushMinutes { get; set; } = 10;

    /// <summary>Samples in memory, in millions, above which they go into blocks at once. A sample takes 1 to 8 bytes. Default 50.</summary>
    [Range(1, 1000)]
    public int HeadMillions { get; set; } = 50;

    /// <summary>Minutes of which one Observation is made for each series that has samples; 0 makes none. Default 1.</summary>
    [Range(0, 60)]
    public int SummaryMinutes { get; set; } = 1;

    /// <summary>Minutes within which every patient monitor is written down, so that a start reads only the samples after it. Default 5.</summary>
    [Range(1, 60)]
    public int SnapshotMinutes { get; set; } = 5;

    /// <summary>Seconds after which the rights of who follows a ward or a patient live are looked up again. Default 60.</summary>
    [Range(1, 300)]
    public int LiveCheckSeconds { get; set; } = 60;
}

/// <summary>Who takes the samples of devices and judges patients.</summary>
public enum MonitoringMode
{
    /// <summary>This process, for all patients.</summary>
    Embedded,
    /// <summary>Several processes on one database and one broker, each for some of the 64 partitions of patients.</summary>
    Clustered,
}

/// <summary>Where samples are rows, beside the blocks that Salus reads (docs/modules/monitoring-storage.md).</summary>
public enum SqlSamples
{
    /// <summary>In a hypertable where the database has TimescaleDB, otherwise nowhere.</summary>
    Auto,
    /// <summary>In a hypertable where the database has TimescaleDB, otherwise in the table <c>monitoring.sample</c>.</summary>
    On,
    /// <summary>Nowhere.</summary>
    Off,
}
