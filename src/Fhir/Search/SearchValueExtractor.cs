using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;
using Salus.Fhir.Search.Writers;

namespace Salus.Fhir.Search;

/// <summary>
/// Takes out of a resource what its search parameters find (http://hl7.org/fhir/R4/search.html), except <c>_id</c> and <c>_lastUpdated</c>.
/// Safe for all threads; the plan of a resource type is made when its first resource comes, and anew when its parameters have changed.
/// </summary>
public sealed class SearchValueExtractor
{
    // The conditions of R4's own parameters share one budget, and one that runs out would lose values in silence. Those of others are bounded by SearchValues.
    private static readonly PathContext Unhurried = new() { Limits = new PathLimits { Steps = long.MaxValue / 2 } };

    [ThreadStatic]
    private static PathScope? idle;

    [ThreadStatic]
    private static PathCollection? found;

    private readonly FhirDefinitions definitions;
    private readonly ValueWriters writers;
    private readonly SearchParameterSet parameters;
    private readonly PlanOfType?[] plans;

    public SearchValueExtractor(SearchParameterSet parameters)
    {
        this.parameters = parameters;
        definitions = parameters.Definitions;
        writers = new ValueWriters(definitions, new Utf8Strings());
        plans = new PlanOfType?[definitions.Types.Length];
    }

    /// <summary>The plan for a concrete resource type.</summary>
    internal SearchPlan Plan(TypeDefinition type)
    {
        var snapshot = parameters.Current;
        var wanted = snapshot.For(type.Name);
        var known = Volatile.Read(ref plans[type.Index]);
        if (known is null || !ReferenceEquals(known.Parameters, wanted))
        {
            known = new PlanOfType(wanted, new(() => new SearchPlan(type, [.. wanted.Values], definitions, writers, snapshot.Definition, snapshot.IsAdded)));
            Volatile.Write(ref plans[type.Index], known);
        }

        return known.Plan.Value;
    }

    /// <summary>
    /// Adds the values of one resource, each once per parameter. Text that its type does not allow, and numbers that do not fit a decimal, have no value. A
    /// parameter that is not R4's own and fails on the resource, or costs too much, is told by <see cref="SearchValues.Fault"/>: its values are not there.
    /// </summary>
    /// <param name="resource">A resource; for anything else nothing is added.</param>
    /// <param name="into">Where to add; what is there stays.</param>
    public void Extract(Element resource, SearchValues into)
    {
        if (resource.Type is not { Kind: TypeKind.Resource, IsAbstract: false } type)
        {
            return;
        }

        var plan = Plan(type);

        var marks = new SearchValueMarks(into);
        var scope = idle ?? new PathScope();
        idle = null;
        scope.Begin(resource, Unhurried);
        into.Begin(resource);
        Visit(plan.Root, resource.Document, resource.Index, scope, into);
        foreach (var (parameter, path, added) in plan.Expressions)
        {
            Evaluate(path, parameter, added, resource, into);
        }

        scope.End();
        idle = scope;
        AddWords(plan, resource, into);

        marks.KeepEachOnce();
    }

    private static void AddWords(SearchPlan plan, Element resource, SearchValues into)
    {
        var narrative = (plan.Narrative ?? plan.Content) is not null && resource.Property(plan.NarrativeField) is { Exists: true } text ? Narrative.Of(text) : "";
        if (plan.Narrative is { } ofNarrative && narrative.Length > 0)
        {
            into.Narratives.Add(new StringValue(ofNarrative, narrative));
        }

        if (plan.Content is { } ofContent && ContentText.Of(resource, narrative) is { Length: > 0 } content)
        {
            into.Narratives.Add(new StringValue(ofContent, content));
        }
    }

    private static void Visit(PlanNode plan, ResourceDocument document, int index, PathScope scope, SearchValues into)
    {
        foreach (var (parameter, writer) in plan.Emits)
        {
            writer(new Element(document, index, -1), parameter, into);
        }

        foreach (var (condition, guarded, added) in plan.Guards)
        {
            var element = new Element(document, index, -1);
            if (added is null ? Holds(condition, element, scope) : into.Holds(condition, added, element))
            {
                Visit(guarded, document, index, scope, into);
            }
        }

        var nodes = document.Nodes;
        if (plan.Children is not { } children || nodes[index].Kind != JsonKind.Object)
        {
            return;
        }

        var elements = document.Definitions.Elements;
        var end = nodes[index].Next;
        for (var i = index + 1; i < end; i = nodes[i].Next)
        {
            ref var node = ref nodes[i];
            if (node.Definition == Node.None || (node.Flags & NodeFlags.Shadow) != 0 || children[elements[node.Definition].Position] is not { } child)
            {
                continue;
            }

            if (node.Kind != JsonKind.Array)
            {
                VisitValue(child, document, i, scope, into);
                continue;
            }

            for (var item = i + 1; item < node.Next; item = nodes[item].Next)
            {
                VisitValue(child, document, item, scope, into);
            }
        }
    }

    private static void VisitValue(PlanNode plan, ResourceDocument document, int index, PathScope scope, SearchValues into)
    {
        if (document.Nodes[index].Kind is not (JsonKind.Null or JsonKind.Array))
        {
            Visit(plan, document, index, scope, into);
        }
    }

    private static bool Holds(Paths.Nodes.PathNode condition, Element element, PathScope scope)
    {
        scope.This = PathValue.Of(element);
        try
        {
            return condition.Test(scope) == true;
        }
        catch (PathFault)
        {
            // The data does not fit the condition: then it does not hold.
            return false;
        }
    }

    private void Evaluate(FhirPath path, ResourceParameter parameter, bool added, Element resource, SearchValues into)
    {
        var values = found ??= new PathCollection();
        if (added ? into.TryEvaluate(path, parameter, resource, values) : path.TryEvaluate(resource, values, out _))
        {
            foreach (ref readonly var value in values.Span)
            {
                if (value.Kind == PathKind.Boolean && parameter.Type == SearchType.Token)
                {
                    TokenWriter.Boolean(value.Boolean, parameter, into);
                }
                else if (value.Element is { HasValue: true, Type: { } type } element && writers.Find(parameter.Type, type, element.Definition) is { } writer)
                {
                    writer(element, parameter, into);
                }
            }
        }

        values.Clear();
    }

    private sealed record PlanOfType(IReadOnlyDictionary<string, ResourceParameter> Parameters, Lazy<SearchPlan> Plan);
}
