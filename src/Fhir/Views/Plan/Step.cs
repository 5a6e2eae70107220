namespace Salus.Fhir.Views.Plan;

/// <summary>
/// One step on the way to a row; it calls the next for each way to go on. Steps are linked when a view is compiled, so that a row is made in place and
/// given away at the end of the chain: siblings multiply without partial rows in between. Immutable.
/// </summary>
internal abstract class Step
{
    internal abstract void Run(RunState state);
}

/// <summary>The end of the chain: the row is complete.</summary>
internal sealed class EmitStep : Step
{
    internal override void Run(RunState state) => state.Emit();
}

/// <summary>unionAll: the rows of all branches.</summary>
internal sealed class UnionStep(Step[] branches) : Step
{
    internal override void Run(RunState state)
    {
        foreach (var branch in branches)
        {
            branch.Run(state);
        }
    }
}
