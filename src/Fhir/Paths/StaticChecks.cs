using Salus.Fhir.Paths.Nodes;
using Salus.Fhir.Paths.Syntax;

namespace Salus.Fhir.Paths;

/// <summary>What the <see cref="PathRules"/> forbid before there is data: each rule is looked at here and nowhere else.</summary>
internal sealed class StaticChecks(PathRules rules)
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

    internal bool OtherTypesGiveNothing => rules.OtherTypesGiveNothing;

    internal bool AsFilters => rules.AsFilters;

    internal void Operator(BinaryOperator operation, PathNode left, PathNode right, int position)
    {
        if (rules.AnyOperand || !Operands.TryGetValue(operation, out var allowed))
        {
            return;
        }

        Single(left);
        Single(right);
        var (a, b) = (KindsOf.Of(left.Type), KindsOf.Of(right.Type));
        if (a != Kinds.None && b != Kinds.None && !Array.Exists(allowed, pair => (pair.Left & a) != 0 && (pair.Right & b) != 0))
        {
            throw new PathFault($"{operation} is not defined for {left.Type.Describe()} and {right.Type.Describe()}", position);
        }
    }

    internal void Sign(PathNode operand, int position)
    {
        if (!rules.AnyOperand && !Fits(operand.Type, Amount))
        {
            throw new PathFault($"A sign can only stand before a number, not before {operand.Type.Describe()}", position);
        }
    }

    /// <summary>The input of a function that takes certain kinds only.</summary>
    internal void Input(string function, PathNode source, Kinds takes, int position)
    {
        if (!rules.AnyOperand && !Fits(source.Type, takes))
        {
            throw new PathFault($"{function}() is not defined for {source.Type.Describe()}", position);
        }
    }

    internal void Argument(string function, PathNode argument, Kinds takes)
    {
        if (takes == Kinds.All || rules.AnyOperand)
        {
            return;
        }

        Single(argument);
        if (!Fits(argument.Type, takes))
        {
            throw new PathFault($"{function}() takes {takes}, not {argument.Type.Describe()}", argument.Position);
        }
    }

    internal void Condition(string function, PathNode condition)
    {
        if (!rules.AnyCondition && condition.Type is { IsNothing: false } && !Fits(condition.Type, Kinds.Boolean))
        {
            throw new PathFault($"The condition of {function}() is {condition.Type.Describe()}, not a Boolean", condition.Position);
        }
    }

    internal void Order(string function, PathNode source, int position)
    {
        if (!rules.AnyOrder && source.IsUnordered)
        {
            throw new PathFault($"{function} has no meaning on items without order, as children() and descendants() give them", position);
        }
    }

    /// <summary>Only a union of different literals is known to be several before there is data.</summary>
    internal void Single(PathNode node)
    {
        if (!rules.AnyOperand && node is UnionNode union && union.Literals is { } literals && literals.Distinct(StringComparer.Ordinal).Count() > 1)
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
