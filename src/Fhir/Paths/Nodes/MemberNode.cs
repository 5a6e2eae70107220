using Salus.Fhir.Json;

namespace Salus.Fhir.Paths.Nodes;

/// <summary>One or more names in a row, <c>name.given</c>, matched by definition index. The source comes before the first name.</summary>
internal sealed class MemberNode(int position, StaticType type, PathNode source, DefinitionSet[] steps) : PathNode(position, type)
{
    internal PathNode Source => source;

    internal DefinitionSet[] Steps => steps;

    internal override void Evaluate(PathScope scope, PathCollection into)
    {
        if (source is ThisNode)
        {
            Walk(scope.This.Element, 0, into);
            return;
        }

        var from = scope.Rent();
        source.Evaluate(scope, from);
        foreach (ref readonly var value in from.Span)
        {
            Walk(value.Element, 0, into);
        }

        scope.Return(from);
    }

    internal override bool Any(PathScope scope) => source is ThisNode ? Reaches(scope.This.Element, 0) : base.Any(scope);

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
