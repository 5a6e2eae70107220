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

/// <summary><c>as</c> and <c>ofType</c>: the items of a type; of one item only where the rules ask for it.</summary>
internal sealed class TypeFilterNode(int position, StaticType type, PathNode source, TypeSpecifier wanted, bool single = false) : PathNode(position, type)
{
    internal PathNode Source => source;

    internal TypeSpecifier Wanted => wanted;

    internal override bool IsUnordered => source.IsUnordered;

    internal override void Evaluate(PathScope scope, PathCollection into)
    {
        var values = scope.Rent();
        source.Evaluate(scope, values);
        if (single)
        {
            Singleton.Only(values, Position);
        }

        foreach (ref readonly var value in values.Span)
        {
            if (wanted.Keeps(value))
            {
                into.Add(value.Kind == PathKind.Target ? throw ResolveNode.NotLoaded(Position) : value);
            }
        }

        scope.Return(values);
    }
}

/// <summary><c>type().name</c> and its kin.</summary>
internal sealed class TypeMemberNode : PathNode
{
    private readonly PathNode source;
    private readonly string name;

    internal TypeMemberNode(int position, PathNode source, string name)
        : base(position, StaticType.String)
    {
        if (new TypeInfo("", "", null).Member(name) is null)
        {
            throw new PathFault($"A type has no '{name}'; there are name, namespace and baseType", position);
        }

        (this.source, this.name) = (source, name);
    }

    internal override void Evaluate(PathScope scope, PathCollection into)
    {
        var values = scope.Rent();
        source.Evaluate(scope, values);
        foreach (ref readonly var value in values.Span)
        {
            if (value.TypeInfo?.Member(name) is { Kind: not PathKind.None } member)
            {
                into.Add(member);
            }
        }

        scope.Return(values);
    }
}
