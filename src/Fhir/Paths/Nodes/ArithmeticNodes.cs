using System.Runtime.CompilerServices;

namespace Salus.Fhir.Paths.Nodes;

/// <summary><c>+ - * / div mod &amp;</c> on single values.</summary>
internal sealed class ArithmeticNode(int position, Syntax.BinaryOperator operation, PathNode left, PathNode right) : PathNode(position, ResultOf(operation, left, right))
{
    internal override void Evaluate(PathScope scope, PathCollection into)
    {
        var (a, b) = (scope.Rent(), scope.Rent());
        left.Evaluate(scope, a);
        right.Evaluate(scope, b);
        Add(scope, a, b, into);
        scope.Return(a);
        scope.Return(b);
    }

    // Not in the frame of Evaluate: a chain of a thousand operators has as many of these on the stack, and values are large.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Add(PathScope scope, PathCollection a, PathCollection b, PathCollection into)
    {
        var (one, other) = (SystemValue.Of(Singleton.Only(a, Position)), SystemValue.Of(Singleton.Only(b, Position)));
        scope.ChargeText(one.Kind == PathKind.String ? (long)one.Text.Length + other.Text.Length : 0, Position);
        var result = Arithmetic.Of(operation, one, other, Position);
        if (result.Kind != PathKind.None)
        {
            into.Add(result);
        }
    }

    private static StaticType ResultOf(Syntax.BinaryOperator operation, PathNode left, PathNode right)
    {
        var (a, b) = (KindsOf.Of(left.Type), KindsOf.Of(right.Type));
        return (a, b) switch
        {
            _ when operation == Syntax.BinaryOperator.Concatenate => StaticType.String,
            (Kinds.String, Kinds.String) => StaticType.String,
            _ when operation == Syntax.BinaryOperator.Div => StaticType.Integer,
            (Kinds.Integer, Kinds.Integer) => operation == Syntax.BinaryOperator.Divide ? StaticType.Decimal : StaticType.Integer,
            (Kinds.Integer or Kinds.Decimal, Kinds.Integer or Kinds.Decimal) => StaticType.Decimal,
            (Kinds.Date, Kinds.Quantity) => StaticType.Of(PathKind.Date),
            (Kinds.DateTime, Kinds.Quantity) => StaticType.Of(PathKind.DateTime),
            (Kinds.Time, Kinds.Quantity) => StaticType.Of(PathKind.Time),
            _ => StaticType.Any,
        };
    }
}

/// <summary>A sign before a single number.</summary>
internal sealed class SignNode(int position, bool negative, PathNode operand) : PathNode(position, operand.Type.System != PathKind.None ? operand.Type : StaticType.Any)
{
    internal override void Evaluate(PathScope scope, PathCollection into)
    {
        var values = scope.Rent();
        operand.Evaluate(scope, values);
        if (values.Count > 0)
        {
            var result = Arithmetic.Sign(SystemValue.Of(Singleton.Only(values, Position)), negative);
            into.Add(result.Kind != PathKind.None ? result : throw new PathFault("A sign can only stand before a number", Position));
        }

        scope.Return(values);
    }
}
