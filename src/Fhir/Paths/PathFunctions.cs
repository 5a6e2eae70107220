using Salus.Fhir.Paths.Nodes;

namespace Salus.Fhir.Paths;

/// <summary>One call of a function: its input, and its arguments to evaluate.</summary>
internal readonly record struct PathCall(PathScope Scope, PathCollection Input, PathNode[] Arguments, int Position)
{
    /// <summary>The only item of the input as a System value; of kind None when empty.</summary>
    internal PathValue Single => Read(Singleton.Only(Input, Position));

    /// <summary>The single value of an argument as a System value; of kind None when absent or empty.</summary>
    internal PathValue Argument(int index)
    {
        if (index >= Arguments.Length)
        {
            return default;
        }

        var values = Scope.Rent();
        Arguments[index].Evaluate(Scope, values);
        var value = Read(Singleton.Only(values, Position));
        Scope.Return(values);
        return value;
    }

    /// <summary>An item as a System value, paid for.</summary>
    internal PathValue Read(in PathValue item)
    {
        Scope.Charge(SystemValue.Cost(item), Position);
        return SystemValue.Of(item);
    }

    internal PathFault Unfit(string name, in PathValue value) => new($"{name}() is not defined for {Ordering.Name(value)}", Position);
}

/// <summary>A function without syntax of its own.</summary>
/// <param name="Least">The least number of arguments.</param>
/// <param name="Most">The greatest number of arguments.</param>
/// <param name="Result">What it gives, unless it <paramref name="KeepsType"/> of its input.</param>
/// <param name="Body">Adds the result to a collection.</param>
/// <param name="KeepsType">True when it gives items of its input.</param>
internal sealed record PathFunction(int Least, int Most, StaticType Result, Action<PathCall, PathCollection> Body, bool KeepsType = false)
{
    /// <summary>What its input can be; only a function of a single item limits it.</summary>
    internal Kinds Takes { get; init; } = Kinds.All;

    /// <summary>What its arguments can be.</summary>
    internal Kinds ArgumentsTake { get; init; } = Kinds.All;

    /// <summary>True when it asks for items by their place.</summary>
    internal bool NeedsOrder { get; init; }

    /// <summary>True when what it gives has no order.</summary>
    internal bool Unordered { get; init; }

    /// <summary>True when it needs <see cref="PathContext.MemberOf"/> or <see cref="PathContext.Subsumes"/>.</summary>
    internal bool AsksTerminology { get; init; }
}

/// <summary>The functions of FHIRPath that need no more than their evaluated input, by name.</summary>
internal static partial class PathFunctions
{
    internal static readonly IReadOnlyDictionary<string, PathFunction> All = List();

    private static Dictionary<string, PathFunction> List()
    {
        var all = new Dictionary<string, PathFunction>(StringComparer.Ordinal);
        AddSubsets(all);
        AddStrings(all);
        AddConversions(all);
        AddMath(all);
        AddTrees(all);
        AddViews(all);
        AddTimes(all);
        AddBoundaries(all);
        AddOutside(all);
        AddFhir(all);
        return all;
    }

    private static int? IntegerArgument(in PathCall call, int index, string name)
    {
        var value = call.Argument(index);
        return value.Kind switch
        {
            PathKind.None => null,
            PathKind.Integer => value.Integer,
            _ => throw new PathFault($"{name}() takes an integer", call.Position),
        };
    }
}
