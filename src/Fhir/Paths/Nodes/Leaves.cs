namespace Salus.Fhir.Paths.Nodes;

internal sealed class LiteralNode(int position, PathValue value) : PathNode(position, StaticType.Of(value.Kind))
{
    internal PathValue Value => value;

    internal override void Evaluate(PathScope scope, PathCollection into) => into.Add(value);

    internal override bool Any(PathScope scope) => true;
}

internal sealed class EmptyNode(int position) : PathNode(position, StaticType.Nothing)
{
    internal override void Evaluate(PathScope scope, PathCollection into)
    {
    }

    internal override bool? Test(PathScope scope) => null;

    internal override bool Any(PathScope scope) => false;
}

internal sealed class ThisNode(int position, StaticType type) : PathNode(position, type)
{
    internal override void Evaluate(PathScope scope, PathCollection into)
    {
        if (scope.This.Kind != PathKind.None)
        {
            into.Add(scope.This);
        }
    }

    internal override bool Any(PathScope scope) => scope.This.Kind != PathKind.None;
}

internal sealed class IndexNode(int position) : PathNode(position, StaticType.Integer)
{
    internal override void Evaluate(PathScope scope, PathCollection into) => into.Add(PathValue.Of(scope.Index));
}

internal sealed class TotalNode(int position) : PathNode(position, StaticType.Any)
{
    internal override void Evaluate(PathScope scope, PathCollection into)
    {
        if (scope.Total is { } total)
        {
            scope.Charge(total.Count, Position);
            into.AddRange(total.Span);
        }
    }
}

/// <summary><c>%context</c>.</summary>
internal sealed class ContextNode(int position, StaticType type) : PathNode(position, type)
{
    internal override void Evaluate(PathScope scope, PathCollection into)
    {
        if (scope.Context.Exists)
        {
            into.Add(PathValue.Of(scope.Context));
        }
    }
}

/// <summary><c>%resource</c>: the resource that holds the context; of a contained resource, that one. <c>%rootResource</c>: the container.</summary>
internal sealed class ResourceNode(int position, StaticType type, bool root) : PathNode(position, type)
{
    internal override void Evaluate(PathScope scope, PathCollection into)
    {
        var stated = root ? scope.Outside.RootResource : scope.Outside.Resource;
        if (!stated.Exists && scope.Context.Exists)
        {
            stated = root ? scope.Context.Document.Root : ResourceOf.Element(scope.Context);
        }

        if (stated.Exists)
        {
            into.Add(PathValue.Of(stated));
        }
    }
}

/// <summary>A variable of <c>defineVariable()</c>.</summary>
internal sealed class DefinedNode(int position, StaticType type, int slot) : PathNode(position, type)
{
    internal override void Evaluate(PathScope scope, PathCollection into)
    {
        var values = scope.Defined(slot);
        scope.Charge(values.Count, Position);
        into.AddRange(values.Span);
    }
}

/// <summary>An environment variable of the caller.</summary>
internal sealed class OutsideNode(int position, string name) : PathNode(position, StaticType.Any)
{
    internal override void Evaluate(PathScope scope, PathCollection into)
    {
        if (!scope.Outside.Variables.TryGetValue(name, out var values))
        {
            throw new PathFault($"No value was supplied for %{name}", Position, PathErrorKind.NotSupplied);
        }

        scope.Charge(values.Count, Position);
        foreach (var value in values)
        {
            into.Add(value);
        }
    }
}
