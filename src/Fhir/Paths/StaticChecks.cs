using Salus.Fhir.Paths.Nodes;
using Salus.Fhir.Paths.Syntax;

namespace Salus.Fhir.Paths;

/// <summary>What is known to fail before there is data, whatever the <see cref="PathRules"/> say.</summary>
internal static class StaticChecks
{
    private const Kinds Amount = Kinds.Quantity | Kinds.Number;

    // Per operator, which kinds may stand left and right of it (http://hl7.org/fhirpath/N1/#math, #comparison).
    private static readonly Dictionary<BinaryOperator, (Kinds Left, Kinds Right)[]> Operands = new()
    {
        [BinaryOperator.Add] = [(Kinds.Number, Kinds.Number), (Kinds.String, Kinds.String), (Kinds.Temporal, Kinds.Quantity), (Kinds.Quantity, Kinds.Quantity)],
        [BinaryOperator.Subtract] = [(Kinds.Number, Kinds.Number), (Kinds.Temporal, Kinds.Quantity), (Kinds.Quantity, Kinds.Quantity)],
        [BinaryOperator.Multiply] = [(Amount, Amount)],
        [BinaryOperator.Divide] = [(Amount, Amount)],
        [BinaryOperator.Div] = [(Kinds.Number, Kinds.Number)],
        [BinaryOperator.Mod] = [(Kinds.Number, Kinds.Number)],
        [BinaryOperator.Concatenate] = [(Kinds.String, Kinds.String)],
        [BinaryOperator.Less] = Ordered,
        [BinaryOperator.LessOrEqual] = Ordered,
        [BinaryOperator.Greater] = Ordered,
        [BinaryOperator.GreaterOrEqual] = Ordered,
    };

    private static (Kinds, Kinds)[] Ordered => [(Amount, Amount), (Kinds.String, Kinds.String), (Kinds.Day, Kinds.Day), (Kinds.Time, Kinds.Time)];

    internal static void Operator(BinaryOperator operation, PathNode left, PathNode right, int position)
    {
        if (!Operands.TryGetValue(operation, out var allowed))
        {
            return;
        }

        Single(left);
        Single(right);
        var (a, b) = (KindsOf.Of(left.Type), KindsOf.Of(right.Type));
        if (a != Kinds.None && b != Kinds.None && !Array.Exists(allowed, pair => (pair.Left & a) != 0 && (pair.Right & b) != 0))
        {
            throw new PathFault($"'{PathParser.Symbol(operation)}' is not defined for {left.Type.Describe()} and {right.Type.Describe()}", position);
        }
    }

    internal static void Sign(PathNode operand, int position)
    {
        if (!Fits(operand.Type, Amount))
        {
            throw new PathFault($"A sign can only stand before a number, not before {operand.Type.Describe()}", position);
        }
    }

    /// <summary>The input of a function that takes certain kinds only.</summary>
    internal static void Input(string function, PathNode source, Kinds takes, int position)
    {
        if (!Fits(source.Type, takes))
        {
            throw new PathFault($"{function}() is not defined for {source.Type.Describe()}", position);
        }
    }

    internal static void Argument(string function, PathNode argument, Kinds takes)
    {
        if (takes == Kinds.All)
        {
            return;
        }

        Single(argument);
        if (!Fits(argument.Type, takes))
        {
            throw new PathFault($"{function}() takes {takes}, not {argument.Type.Describe()}", argument.Position);
        }
    }

    internal static void Condition(string function, PathNode condition)
    {
        if (condition.Type is { IsNothing: false } && !Fits(condition.Type, Kinds.Boolean))
        {
            throw new PathFault($"The condition of {function}() is {condition.Type.Describe()}, not a Boolean", condition.Position);
        }
    }

    internal static void Order(string function, PathNode source, int position)
    {
        if (source.IsUnordered)
        {
            throw new PathFault($"{function} has no meaning on items without order, as children() and descendants() give them", position);
        }
    }

    /// <summary>Only a union of different literals is known to be several before there is data.</summary>
    internal static void Single(PathNode node)
    {
        if (node is UnionNode union && union.Literals is { } literals && literals.Distinct(StringComparer.Ordinal).Count() > 1)
        {
            throw new PathFault("A single value is needed here, but there are several", node.Position);
        }
    }

    private static bool Fits(StaticType type, Kinds takes)
    {
        var kinds = KindsOf.Of(type);
        return kinds == Kinds.None || (kinds & takes) != 0;
    }
}
