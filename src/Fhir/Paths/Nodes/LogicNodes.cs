namespace Salus.Fhir.Paths.Nodes;

/// <summary><c>and</c>, <c>or</c>, <c>xor</c>, <c>implies</c> in three-valued logic; null is unknown.</summary>
internal sealed class LogicNode(int position, Syntax.BinaryOperator operation, PathNode left, PathNode right) : ConditionNode(position)
{
    internal override bool? Test(PathScope scope)
    {
        var a = left.Test(scope);
        switch (operation)
        {
            case Syntax.BinaryOperator.And:
                return a == false ? false : right.Test(scope) switch { false => false, true => a, null => null };
            case Syntax.BinaryOperator.Or:
                return a == true ? true : right.Test(scope) switch { true => true, false => a, null => null };
            case Syntax.BinaryOperator.Xor:
                return a is null ? null : a ^ right.Test(scope);
            default:
                return a == false ? true : right.Test(scope) switch { true => true, false => !a, null => null };
        }
    }
}

/// <summary><c>not()</c>.</summary>
internal sealed class NotNode(int position, PathNode source) : ConditionNode(position)
{
    internal override bool? Test(PathScope scope) => !source.Test(scope);
}

/// <summary><c>=</c>, <c>!=</c>, <c>~</c>, <c>!~</c>.</summary>
internal sealed class EqualityNode(int position, PathNode left, PathNode right, bool equivalent, bool negated) : ConditionNode(position)
{
    internal override bool? Test(PathScope scope)
    {
        var (a, b) = (scope.Rent(), scope.Rent());
        left.Evaluate(scope, a);
        right.Evaluate(scope, b);
        var result = equivalent ? Equivalence.OfCollections(a, b, scope, Position) : Equality.OfCollections(a, b, scope, Position);
        scope.Return(a);
        scope.Return(b);
        return negated ? !result : result;
    }
}

/// <summary><c>&lt;</c>, <c>&lt;=</c>, <c>&gt;</c>, <c>&gt;=</c>.</summary>
internal sealed class OrderNode(int position, Syntax.BinaryOperator operation, PathNode left, PathNode right) : ConditionNode(position)
{
    internal override bool? Test(PathScope scope)
    {
        var (a, b) = (scope.Rent(), scope.Rent());
        left.Evaluate(scope, a);
        right.Evaluate(scope, b);
        int? order = a.Count == 0 || b.Count == 0 ? null : Compare(Singleton.Only(a, Position), Singleton.Only(b, Position), scope);
        scope.Return(a);
        scope.Return(b);
        if (order is not { } known)
        {
            return null;
        }

        return operation switch
        {
            Syntax.BinaryOperator.Less => known < 0,
            Syntax.BinaryOperator.LessOrEqual => known <= 0,
            Syntax.BinaryOperator.Greater => known > 0,
            _ => known >= 0,
        };
    }

    private int? Compare(in PathValue a, in PathValue b, PathScope scope)
    {
        scope.Charge(SystemValue.Cost(a) + SystemValue.Cost(b), Position);
        return Ordering.Compare(a, b, Position);
    }
}

/// <summary><c>in</c>, and <c>contains</c> with its sides exchanged: whether one item is among others.</summary>
internal sealed class MembershipNode(int position, PathNode one, PathNode among) : ConditionNode(position)
{
    internal override bool? Test(PathScope scope)
    {
        var (a, b) = (scope.Rent(), scope.Rent());
        one.Evaluate(scope, a);
        among.Evaluate(scope, b);
        bool? result = a.Count == 0 ? null : Equality.IsAmong(Singleton.Only(a, Position), b, scope, Position);
        scope.Return(a);
        scope.Return(b);
        return result;
    }
}
