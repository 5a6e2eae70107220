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
    internal override void Evaluate(PathScope scope, PathCollection into) => into.Add(scope.This);

    internal override bool Any(PathScope scope) => true;
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
            into.AddRange(total.Span);
        }
    }
}

/// <summary><c>%context</c>.</summary>
internal sealed class ContextNode(int position, StaticType type) : PathNode(position, type)
{
    internal override void Evaluate(PathScope scope, PathCollection into) => into.Add(PathValue.Of(scope.Context));
}

/// <summary><c>%resource</c>: the resource that holds the context; of a contained resource, that one. <c>%rootResource</c>: the container.</summary>
internal sealed class ResourceNode(int position, StaticType type, bool root) : PathNode(position, type)
{
    internal override void Evaluate(PathScope scope, PathCollection into) =>
        into.Add(PathValue.Of(root ? scope.Context.Document.Root : ResourceOf.Element(scope.Context)));
}
