namespace Salus.Simulation;

/// <summary>How far the fill of the demo hospital is.</summary>
/// <param name="Running">Whether it goes on now.</param>
/// <param name="Loaded">Bundles written: the hospital itself and one per patient.</param>
/// <param name="Planned">Bundles in all.</param>
public sealed record DemoStatus(bool Running, int Loaded, int Planned);

/// <summary>Tells of the demo hospital's fill. Safe for all threads.</summary>
public sealed class DemoProgress
{
    private readonly TaskCompletionSource<DemoTeam?> team = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource filled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Null when this record has no demo hospital.</summary>
    public DemoStatus? Status { get; internal set; }

    /// <summary>Some of its people, once it is known that this record is a demo hospital; null, once it is known that it is none.</summary>
    public Task<DemoTeam?> Team => team.Task;

    /// <summary>Completes when all of it is written; never in a record that is no demo hospital.</summary>
    public Task Filled => filled.Task;

    internal void Found(DemoTeam? known) => team.TrySetResult(known);

    internal void Complete() => filled.TrySetResult();
}
