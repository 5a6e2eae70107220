namespace Salus.Fhir.Paths.Nodes;

/// <summary>A call of a function of <see cref="PathFunctions"/>: its source and arguments are evaluated as a whole, not per item.</summary>
internal sealed class CallNode(int position, PathFunction function, PathNode source, PathNode[] arguments)
    : PathNode(position, function.KeepsType ? source.Type : function.Result)
{
    internal override bool IsUnordered => function.Unordered || (function.KeepsType && source.IsUnordered);

    internal override void Evaluate(PathScope scope, PathCollection into)
    {
        var call = new PathCall(scope, scope.Rent(), arguments, Position);
        source.Evaluate(scope, call.Input);
        var before = into.Count;
        function.Body(call, into);
        scope.Charge(1 + call.Input.Count + into.Count - before, Position);
        scope.Return(call.Input);
    }
}

/// <summary><c>repeat(projection)</c>: everything that the projection reaches, each once.</summary>
internal sealed class RepeatNode(int position, PathNode source, PathNode projection) : PathNode(position, projection.Type)
{
    internal override bool IsUnordered => source.IsUnordered || projection.IsUnordered;

    internal override void Evaluate(PathScope scope, PathCollection into)
    {
        var (values, found) = (scope.Rent(), scope.Rent());
        source.Evaluate(scope, values);
        var (outer, outerIndex) = (scope.This, scope.Index);
        var start = into.Count;
        while (values.Count > 0)
        {
            for (var i = 0; i < values.Count; i++)
            {
                scope.Charge(1, Position);
                (scope.This, scope.Index) = (values[i], i);
                projection.Evaluate(scope, found);
            }

            values.Clear();
            var before = into.Count;
            DistinctItems.Add(found, into, start, scope, Position);
            values.AddRange(into.Span[before..]);
            found.Clear();
        }

        (scope.This, scope.Index) = (outer, outerIndex);
        scope.Return(values);
        scope.Return(found);
    }
}

/// <summary><c>aggregate(step, start)</c>: <c>$total</c> is what the step gave for the item before.</summary>
internal sealed class AggregateNode(int position, PathNode source, PathNode step, PathNode? start) : PathNode(position, StaticType.Any)
{
    internal override void Evaluate(PathScope scope, PathCollection into)
    {
        var (values, total, next) = (scope.Rent(), scope.Rent(), scope.Rent());
        source.Evaluate(scope, values);
        start?.Evaluate(scope, total);
        var (outer, outerIndex, outerTotal) = (scope.This, scope.Index, scope.Total);
        for (var i = 0; i < values.Count; i++)
        {
            scope.Charge(1 + total.Count, Position);
            (scope.This, scope.Index, scope.Total) = (values[i], i, total);
            step.Evaluate(scope, next);
            (total, next) = (next, total);
            next.Clear();
        }

        into.AddRange(total.Span);
        (scope.This, scope.Index, scope.Total) = (outer, outerIndex, outerTotal);
        scope.Return(values);
        scope.Return(total);
        scope.Return(next);
    }
}
