using Salus.Fhir.Json;

namespace Salus.Fhir.Paths.Nodes;

/// <summary><c>|</c>: the items of both sides, each once.</summary>
internal sealed class UnionNode(int position, PathNode left, PathNode right) : PathNode(position, left.Type.Or(right.Type))
{
    internal PathNode Left => left;

    internal PathNode Right => right;

    internal override void Evaluate(PathScope scope, PathCollection into)
    {
        var values = scope.Rent();
        left.Evaluate(scope, values);
        right.Evaluate(scope, values);
        Equality.AddDistinct(values, into, into.Count, Position);
        scope.Return(values);
    }

    internal override bool Any(PathScope scope) => left.Any(scope) || right.Any(scope);
}

/// <summary><c>x[i]</c>.</summary>
internal sealed class IndexerNode(int position, PathNode source, PathNode index) : PathNode(position, source.Type)
{
    internal override void Evaluate(PathScope scope, PathCollection into)
    {
        var values = scope.Rent();
        index.Evaluate(scope, values);
        var at = SystemValue.Of(Singleton.Only(values, Position));
        if (at.Kind is not (PathKind.Integer or PathKind.None))
        {
            throw new PathFault("The index in brackets is not an integer", Position);
        }

        values.Clear();
        source.Evaluate(scope, values);
        if (at.Kind == PathKind.Integer && at.Integer >= 0 && at.Integer < values.Count)
        {
            into.Add(values[at.Integer]);
        }

        scope.Return(values);
    }
}

/// <summary><c>resolve()</c>: a contained resource itself; of any other reference only the type of its target, because nothing is loaded.</summary>
internal sealed class ResolveNode(int position, PathNode source) : PathNode(position, StaticType.Target)
{
    internal override void Evaluate(PathScope scope, PathCollection into)
    {
        var values = scope.Rent();
        source.Evaluate(scope, values);
        foreach (ref readonly var value in values.Span)
        {
            if (value.Element is { Exists: true } reference)
            {
                into.Add(PathValue.OfTarget(ReferenceTarget.TypeOf(reference)));
            }
        }

        scope.Return(values);
    }
}
