namespace Salus.Fhir.Paths.Nodes;

/// <summary><c>defineVariable(name, value)</c>: gives its input, and keeps the value for what follows in the path.</summary>
/// <param name="position">Where it stands.</param>
/// <param name="source">Its input.</param>
/// <param name="value">The value; null for the input itself.</param>
/// <param name="input">The slot through which the value sees the input.</param>
/// <param name="slot">The slot of the variable.</param>
internal sealed class DefineNode(int position, PathNode source, PathNode? value, int input, int slot) : PathNode(position, source.Type)
{
    internal override bool IsUnordered => source.IsUnordered;

    internal override void Evaluate(PathScope scope, PathCollection into)
    {
        var given = scope.Defined(input);
        given.Clear();
        source.Evaluate(scope, given);
        scope.Charge(1 + (2 * given.Count), Position);
        var kept = scope.Defined(slot);
        kept.Clear();
        if (value is null)
        {
            kept.AddRange(given.Span);
        }
        else
        {
            value.Evaluate(scope, kept);
        }

        into.AddRange(given.Span);
    }
}

/// <summary><c>trace(name, projection)</c>: gives its input, and shows it, or the projection of it, to the caller.</summary>
internal sealed class TraceNode(int position, PathNode source, PathNode name, PathNode? projection) : PathNode(position, source.Type)
{
    internal override bool IsUnordered => source.IsUnordered;

    internal override void Evaluate(PathScope scope, PathCollection into)
    {
        var values = scope.Rent();
        source.Evaluate(scope, values);
        if (scope.Outside.Trace is { } sink)
        {
            Show(scope, values, sink);
        }

        into.AddRange(values.Span);
        scope.Return(values);
    }

    private void Show(PathScope scope, PathCollection values, Action<string, IReadOnlyList<PathValue>> sink)
    {
        var shown = new PathCollection();
        name.Evaluate(scope, shown);
        var label = SystemValue.Of(Singleton.Only(shown, Position)).ToString();
        shown.Clear();
        var (outer, outerIndex) = (scope.This, scope.Index);
        for (var i = 0; i < values.Count; i++)
        {
            scope.Charge(1, Position);
            (scope.This, scope.Index) = (values[i], i);
            if (projection is null)
            {
                shown.Add(values[i]);
            }
            else
            {
                projection.Evaluate(scope, shown);
            }
        }

        (scope.This, scope.Index) = (outer, outerIndex);
        sink(label, shown);
    }
}
