using Salus.Fhir.Json;

namespace Salus.Fhir.Paths.Nodes;

/// <summary>One or more names in a row, <c>name.given</c>, matched by definition index. The source comes before the first name.</summary>
internal sealed class MemberNode(int position, StaticType type, PathNode source, DefinitionSet[] steps) : PathNode(position, type)
{
    internal PathNode Source => source;

    internal DefinitionSet[] Steps => steps;

    internal override bool IsUnordered => source.IsUnordered;

    internal override void Evaluate(PathScope scope, PathCollection into)
    {
        var before = into.Count;
        if (source is ThisNode)
        {
            Walk(Loaded(scope.This), 0, into);
            scope.Charge(1 + into.Count - before, Position);
            return;
        }

        var from = scope.Rent();
        source.Evaluate(scope, from);
        foreach (ref readonly var value in from.Span)
        {
            Walk(Loaded(value), 0, into);
        }

        scope.Charge(from.Count + into.Count - before, Position);
        scope.Return(from);
    }

    internal override bool Any(PathScope scope) => source is ThisNode ? Reaches(Loaded(scope.This), 0) : base.Any(scope);

    private Element Loaded(in PathValue value) => value.Kind != PathKind.Target
        ? value.Element
        : throw new PathFault("What a reference points to is not loaded, only its type is known: no resolver was supplied", Position, PathErrorKind.NotSupplied);

    private void Walk(Element element, int step, PathCollection into)
    {
        var last = step == steps.Length - 1;
        foreach (var child in element.Among(steps[step]))
        {
            if (last)
            {
                into.Add(PathValue.Of(child));
            }
            else
            {
                Walk(child, step + 1, into);
            }
        }
    }

    private bool Reaches(Element element, int step)
    {
        foreach (var child in element.Among(steps[step]))
        {
            if (step == steps.Length - 1 || Reaches(child, step + 1))
            {
                return true;
            }
        }

        return false;
    }
}
