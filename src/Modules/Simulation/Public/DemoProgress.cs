namespace Salus.Simulation;

/// <summary>How far the fill of the demo hospital is.</summary>
/// <param name="Running">Whether it goes on now.</param>
/// <param name="Loaded">Bundles written: the hospital itself and one per patient.</param>
/// <param name="Planned">Bundles in all.</param>
public sealed record DemoStatus(bool Running, int Loaded, int Planned);

/// <summary>Tells of the demo hospital's fill. Safe for all threads.</summary>
public sealed class DemoProgress
{
    /// <summary>Null when this record has no demo hospital.</summary>
    public DemoStatus? Status { get; internal set; }
}
