namespace Salus.Fhir.Paths.Nodes;

/// <summary><c>+ - * / div mod &amp;</c> on single values.</summary>
internal sealed class ArithmeticNode(int position, Syntax.BinaryOperator operation, PathNode left, PathNode right) : PathNode(position, ResultOf(operation, left, right))
{
    internal override void Evaluate(PathScope scope, PathCollection into)
    {
        var (a, b) = (scope.Rent(), scope.Rent());
        left.Evaluate(scope, a);
        right.Evaluate(scope, b);
        var result = Arithmetic.Of(operation, SystemValue.Of(Singleton.Only(a, Position)), SystemValue.Of(Singleton.Only(b, Position)), Position);
        scope.Return(a);
        scope.Return(b);
        if (result.Kind != PathKind.None)
        {
            into.Add(result);
        }
    }

    private static StaticType ResultOf(Syntax.BinaryOperator operation, PathNode left, PathNode right) =>
        operation == Syntax.BinaryOperator.Concatenate ? StaticType.String
        : left.Type.System != PathKind.None && left.Type.System == right.Type.System && operation != Syntax.BinaryOperator.Divide ? left.Type
        : StaticType.Any;
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
