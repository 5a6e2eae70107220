namespace Salus.Simulation.Scale;

/// <summary>Resources from the first position up to but without the end.</summary>
internal readonly record struct Positions(long First, long End)
{
    public bool Holds(long position) => position >= First && position < End;
}
