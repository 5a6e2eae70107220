namespace Salus.Fhir.Paths.Nodes;

/// <summary>The items for which a condition is true.</summary>
internal sealed class WhereNode(int position, PathNode source, PathNode condition) : PathNode(position, source.Type)
{
    internal PathNode Source => source;

    internal PathNode Condition => condition;

    internal override bool IsUnordered => source.IsUnordered;

    internal override void Evaluate(PathScope scope, PathCollection into)
    {
        var values = scope.Rent();
        source.Evaluate(scope, values);
        var (outer, outerIndex) = (scope.This, scope.Index);
        for (var i = 0; i < values.Count; i++)
        {
            scope.Charge(1, Position);
            scope.This = values[i];
            scope.Index = i;
            if (condition.Test(scope) == true)
            {
                into.Add(values[i]);
            }
        }

        (scope.This, scope.Index) = (outer, outerIndex);
        scope.Return(values);
    }
}

/// <summary><c>exists()</c>, and negated <c>empty()</c>.</summary>
internal sealed class ExistsNode(int position, PathNode source, bool wanted) : ConditionNode(position)
{
    internal override bool? Test(PathScope scope) => source.Any(scope) == wanted;
}

/// <summary><c>all(condition)</c>: true on nothing.</summary>
internal sealed class AllNode(int position, PathNode source, PathNode condition) : ConditionNode(position)
{
    internal override bool? Test(PathScope scope)
    {
        var values = scope.Rent();
        source.Evaluate(scope, values);
        var (outer, outerIndex) = (scope.This, scope.Index);
        var all = true;
        for (var i = 0; i < values.Count && all; i++)
        {
            scope.Charge(1, Position);
            scope.This = values[i];
            scope.Index = i;
            all = condition.Test(scope) == true;
        }

        (scope.This, scope.Index) = (outer, outerIndex);
        scope.Return(values);
        return all;
    }
}

/// <summary><c>select(projection)</c>.</summary>
internal sealed class SelectNode(int position, PathNode source, PathNode projection) : PathNode(position, projection.Type)
{
    internal override bool IsUnordered => source.IsUnordered || projection.IsUnordered;

    internal override void Evaluate(PathScope scope, PathCollection into)
    {
        var values = scope.Rent();
        source.Evaluate(scope, values);
        var (outer, outerIndex) = (scope.This, scope.Index);
        for (var i = 0; i < values.Count; i++)
        {
            scope.Charge(1, Position);
            scope.This = values[i];
            scope.Index = i;
            projection.Evaluate(scope, into);
        }

        (scope.This, scope.Index) = (outer, outerIndex);
        scope.Return(values);
    }
}

/// <summary><c>iif(condition, then, otherwise)</c>: only the branch that is needed is evaluated.</summary>
internal sealed class ChoiceNode(int position, PathNode source, PathNode condition, PathNode then, PathNode? otherwise)
    : PathNode(position, otherwise is null ? then.Type : then.Type.Or(otherwise.Type))
{
    internal override void Evaluate(PathScope scope, PathCollection into)
    {
        var values = scope.Rent();
        source.Evaluate(scope, values);
        var outer = scope.This;
        if (values.Count > 0)
        {
            scope.This = Singleton.Only(values, Position);
        }

        if (condition.Test(scope) == true)
        {
            then.Evaluate(scope, into);
        }
        else
        {
            otherwise?.Evaluate(scope, into);
        }

        scope.This = outer;
        scope.Return(values);
    }
}
