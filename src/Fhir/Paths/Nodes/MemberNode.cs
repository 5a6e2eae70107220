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
        if (source is ThisNode)
        {
            scope.Charge(1 + Walk(scope.This.Element, 0, into), Position);
            return;
        }

        var from = scope.Rent();
        source.Evaluate(scope, from);
        foreach (ref readonly var value in from.Span)
        {
            scope.Charge(1 + Walk(value.Element, 0, into), Position);
        }

        scope.Return(from);
    }

    internal override bool Any(PathScope scope)
    {
        if (source is not ThisNode)
        {
            return base.Any(scope);
        }

        var cost = 1;
        var reaches = Reaches(scope.This.Element, 0, ref cost);
        scope.Charge(cost, Position);
        return reaches;
    }

    /// <summary>Objects of R4 have a dozen properties; who sends one with a hundred thousand that are not R4 pays for passing them.</summary>
    private const int PropertiesPerStep = 64;

    /// <summary>Gives what it cost: a step for each child that it looked at, whatever it found there.</summary>
    private int Walk(Element element, int step, PathCollection into)
    {
        var cost = 0;
        var last = step == steps.Length - 1;
        var children = element.Among(steps[step]);
        while (children.MoveNext())
        {
            cost++;
            if (last)
            {
                into.Add(PathValue.Of(children.Current));
            }
            else
            {
                cost += Walk(children.Current, step + 1, into);
            }
        }

        return cost + (children.Passed / PropertiesPerStep);
    }

    private bool Reaches(Element element, int step, ref int cost)
    {
        var found = false;
        var children = element.Among(steps[step]);
        while (!found && children.MoveNext())
        {
            cost++;
            found = step == steps.Length - 1 || Reaches(children.Current, step + 1, ref cost);
        }

        cost += children.Passed / PropertiesPerStep;
        return found;
    }
}
