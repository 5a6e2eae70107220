namespace Salus.Fhir.Paths.Nodes;

/// <summary>A compiled expression. Immutable; safe for all threads, as everything that changes is in the scope.</summary>
/// <param name="position">Where it stands in the text.</param>
/// <param name="type">What it can give.</param>
internal abstract class PathNode(int position, StaticType type)
{
    internal int Position { get; } = position;

    internal StaticType Type { get; } = type;

    /// <summary>True when its items come in no order that means anything.</summary>
    internal virtual bool IsUnordered => false;

    /// <summary>Adds what it gives to <paramref name="into"/>.</summary>
    internal abstract void Evaluate(PathScope scope, PathCollection into);

    /// <summary>Its value as a condition: null when empty; a single item that is not a Boolean counts as true (N1, singleton evaluation).</summary>
    internal virtual bool? Test(PathScope scope)
    {
        var values = scope.Rent();
        Evaluate(scope, values);
        var result = Singleton.Condition(values, Position);
        scope.Return(values);
        return result;
    }

    /// <summary>True when it gives anything.</summary>
    internal virtual bool Any(PathScope scope)
    {
        var values = scope.Rent();
        Evaluate(scope, values);
        var any = values.Count > 0;
        scope.Return(values);
        return any;
    }
}

/// <summary>A node that gives a Boolean or nothing.</summary>
internal abstract class ConditionNode(int position) : PathNode(position, StaticType.Boolean)
{
    internal sealed override void Evaluate(PathScope scope, PathCollection into)
    {
        if (Test(scope) is { } value)
        {
            into.Add(PathValue.Of(value));
        }
    }

    internal abstract override bool? Test(PathScope scope);

    internal sealed override bool Any(PathScope scope) => Test(scope) is not null;
}
