using System.ComponentModel.DataAnnotations;

namespace Salus.Simulation;

/// <summary>Options of the simulated monitors of the demo hospital, section <c>Salus:Simulation</c>. A record that is not the demo hospital never has any.</summary>
public sealed class StreamOptions
{
    /// <summary>Whether the demo hospital has simulated bedside monitors. Default true.</summary>
    public bool Monitors { get; set; } = true;

    /// <summary>Logical ids of the wards that have them, with commas between. Default: internal medicine and intensive care.</summary>
    public string Wards { get; set; } = "ward-med,ward-icu";

    /// <summary>Values a second of each metric that is measured all the time. Default 1.</summary>
    [Range(0.01, 50)]
    public double Rate { get; set; } = 1;

    /// <summary>How much faster patients live than the clock goes. Default 1.</summary>
    [Range(0.1, 1000)]
    public double Speed { get; set; } = 1;

    /// <summary>Hours before the first start that their charts begin, with a value a minute. Default 24.</summary>
    [Range(0, 168)]
    public int HistoryHours { get; set; } = 24;

    /// <summary>How many beds send waveforms too, an ECG and a plethysmogram: 50 MB a day each. Default 1.</summary>
    [Range(0, 400)]
    public int WaveformBeds { get; set; } = 1;
}
