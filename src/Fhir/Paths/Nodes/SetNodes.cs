namespace Salus.Fhir.Paths.Nodes;

/// <summary><c>|</c>: the items of both sides, each once.</summary>
internal sealed class UnionNode(int position, PathNode left, PathNode right) : PathNode(position, left.Type.Or(right.Type))
{
    internal PathNode Left => left;

    internal PathNode Right => right;

    /// <summary>What it gives, when all of it are literals; else null.</summary>
    internal IEnumerable<string>? Literals => Of(left) is { } one && Of(right) is { } other ? one.Concat(other) : null;

    internal override void Evaluate(PathScope scope, PathCollection into)
    {
        var values = scope.Rent();
        left.Evaluate(scope, values);
        right.Evaluate(scope, values);
        DistinctItems.Add(values, into, into.Count, scope, Position);
        scope.Return(values);
    }

    private static IEnumerable<string>? Of(PathNode node) => node switch
    {
        LiteralNode literal => [$"{literal.Value.Kind} {literal.Value}"],
        UnionNode union => union.Literals,
        _ => null,
    };

    internal override bool Any(PathScope scope) => left.Any(scope) || right.Any(scope);
}

/// <summary><c>x[i]</c>.</summary>
internal sealed class IndexerNode(int position, PathNode source, PathNode index) : PathNode(position, source.Type)
{
    internal override void Evaluate(PathScope scope, PathCollection into)
    {
        var (values, indices) = (scope.Rent(), scope.Rent());
        source.Evaluate(scope, values);
        index.Evaluate(scope, indices);
        var at = SystemValue.Of(Singleton.Only(indices, Position));
        if (at.Kind is not (PathKind.Integer or PathKind.None))
        {
            throw new PathFault("The index in brackets is not an integer", Position);
        }

        if (at.Kind == PathKind.Integer && at.Integer >= 0 && at.Integer < values.Count)
        {
            into.Add(values[at.Integer]);
        }

        scope.Return(values);
        scope.Return(indices);
    }
}
