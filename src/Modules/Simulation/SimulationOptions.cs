using System.ComponentModel.DataAnnotations;

namespace Salus.Simulation;

/// <summary>Options of the demo hospital, section <c>Salus:Demo</c>.</summary>
public sealed class SimulationOptions
{
    /// <summary>Whether an empty record is filled with the demo hospital at the start. Default true; <c>serve --no-demo</c> turns it off.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Patients in the demo hospital. Default 200.</summary>
    [Range(0, 99_999)]
    public int Patients { get; set; } = 200;

    /// <summary>Years of history. Default 2.</summary>
    [Range(1, 20)]
    public int Years { get; set; } = 2;

    /// <summary>The seed: another number is another hospital. Default 1.</summary>
    public int Seed { get; set; } = 1;
}
