namespace Salus.Fhir.Paths.Nodes;

/// <summary><c>is</c>: whether the single item has a type.</summary>
internal sealed class TypeTestNode(int position, PathNode source, TypeSpecifier wanted) : ConditionNode(position)
{
    internal override bool? Test(PathScope scope)
    {
        var values = scope.Rent();
        source.Evaluate(scope, values);
        bool? result = values.Count == 0 ? null : wanted.Matches(Singleton.Only(values, Position));
        scope.Return(values);
        return result;
    }
}

/// <summary>
/// <c>as</c> and <c>ofType</c>: the items of a type. <c>as</c> is allowed on several items, which N1 forbids, because the search
/// parameters of R4 rely on it.
/// </summary>
internal sealed class TypeFilterNode(int position, StaticType type, PathNode source, TypeSpecifier wanted) : PathNode(position, type)
{
    internal PathNode Source => source;

    internal TypeSpecifier Wanted => wanted;

    internal override void Evaluate(PathScope scope, PathCollection into)
    {
        var values = scope.Rent();
        source.Evaluate(scope, values);
        foreach (ref readonly var value in values.Span)
        {
            if (wanted.Keeps(value))
            {
                into.Add(value);
            }
        }

        scope.Return(values);
    }
}

/// <summary><c>type().name</c> and <c>type().namespace</c>.</summary>
internal sealed class TypeNameNode(int position, PathNode source, bool ofSpace) : PathNode(position, StaticType.String)
{
    internal override void Evaluate(PathScope scope, PathCollection into)
    {
        var values = scope.Rent();
        source.Evaluate(scope, values);
        foreach (ref readonly var value in values.Span)
        {
            var name = value.Kind == PathKind.Element ? value.Element.Type?.Name ?? "" : value.Kind.ToString();
            into.Add(PathValue.Of(!ofSpace ? name : value.Kind == PathKind.Element ? "FHIR" : "System"));
        }

        scope.Return(values);
    }
}
