using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;
using Salus.Fhir.Paths.Nodes;
using Salus.Fhir.Search.Writers;

namespace Salus.Fhir.Search;

/// <summary>
/// All search parameters of one resource type, woven into one tree of its elements: a single walk over a resource serves them all.
/// What is not a path with filters stays an expression of its own. Immutable once built; safe for all threads.
/// </summary>
internal sealed class SearchPlan
{
    private static readonly PathOptions Rules = new() { Rules = PathRules.Definitions };
    private readonly FhirDefinitions definitions;
    private readonly ValueWriters writers;
    private readonly Func<string, SearchParameter?> byUrl;
    private readonly Func<ResourceParameter, bool> isAdded;
    private readonly List<(ResourceParameter, FhirPath, bool)> expressions = [];
    private readonly List<SearchPlanError> errors = [];
    private bool finds;

    internal SearchPlan(TypeDefinition type, IReadOnlyCollection<ResourceParameter> parameters, FhirDefinitions definitions, ValueWriters writers, Func<string, SearchParameter?> byUrl, Func<ResourceParameter, bool> isAdded)
    {
        this.isAdded = isAdded;
        this.definitions = definitions;
        this.writers = writers;
        this.byUrl = byUrl;
        Root = new PlanNode(type);
        Content = parameters.FirstOrDefault(p => SearchParameterSnapshot.IsContent(p.Definition));
        Narrative = parameters.FirstOrDefault(p => p is { Code: "_text", Definition.Expression: null });
        NarrativeField = type.Find("text"u8)?.Index ?? -1;
        foreach (var parameter in parameters.Where(IsExtracted))
        {
            if (FhirPath.TryCompile(parameter.Definition.Expression!, definitions, type, out var path, out var error, Rules))
            {
                Add(parameter, path);
            }
            else
            {
                errors.Add(new SearchPlanError(parameter, error));
            }
        }

        Root.Freeze();
    }

    internal PlanNode Root { get; }

    /// <summary>The expressions that could not be woven in, and those of parameters that are not R4's own, which have to be bounded and may fail.</summary>
    internal IReadOnlyList<(ResourceParameter Parameter, FhirPath Path, bool Added)> Expressions => expressions;

    /// <summary>The parameters whose expression does not compile; empty for the parameters of R4.</summary>
    internal IReadOnlyList<SearchPlanError> Errors => errors;

    /// <summary>The parameter that finds the words of the narrative.</summary>
    internal ResourceParameter? Narrative { get; }

    /// <summary>The parameter that finds the words of all strings; null where they are not indexed.</summary>
    internal ResourceParameter? Content { get; }

    /// <summary>Where the narrative is.</summary>
    internal int NarrativeField { get; }

    /// <summary>Whether any element of a resource can have a value.</summary>
    internal bool Finds => expressions.Count > 0 || finds;

    // The record itself keeps _id and _lastUpdated. Composites of the whole resource are pairs of other parameters.
    internal static bool IsExtracted(ResourceParameter parameter) =>
        parameter.Definition.Expression is not null
        && parameter.Kind() is not (CompositeKind.Whole or CompositeKind.Either)
        && parameter.Code is not ("_id" or "_lastUpdated");

    private void Add(ResourceParameter parameter, FhirPath path)
    {
        var added = isAdded(parameter);
        if (added && parameter.Type != SearchType.Composite)
        {
            expressions.Add((parameter, path, added));
            return;
        }

        foreach (var alternative in Alternatives(path.Root))
        {
            var steps = new List<PathNode>();
            if (!path.Text.Contains("$index", StringComparison.Ordinal) && Unwind(alternative, steps) && Fits(Root.Type, steps, 0))
            {
                Weave(Root, null, steps, 0, parameter);
            }
            else if (parameter.Type == SearchType.Composite)
            {
                errors.Add(new SearchPlanError(parameter, new PathError("The expression of a composite has to be a path of elements", 0, PathErrorKind.Semantic)));
            }
            else
            {
                // The other alternatives are then found twice, and kept once.
                expressions.Add((parameter, path, added));
                return;
            }
        }
    }

    private static IEnumerable<PathNode> Alternatives(PathNode node) => node switch
    {
        EmptyNode => [],
        UnionNode union => Alternatives(union.Left).Concat(Alternatives(union.Right)),
        _ => [node],
    };

    /// <summary>Lays a chain of names, types and conditions out from the root; false when there is anything else in it.</summary>
    private static bool Unwind(PathNode node, List<PathNode> steps)
    {
        var known = node switch
        {
            ThisNode => true,
            MemberNode member => Unwind(member.Source, steps),
            TypeFilterNode filter => Unwind(filter.Source, steps),
            WhereNode where => Unwind(where.Source, steps),
            _ => false,
        };
        if (known && node is not ThisNode)
        {
            steps.Add(node);
        }

        return known;
    }

    // A nested resource has a type only when it is there: a path through one is not woven in.
    private bool Fits(TypeDefinition type, List<PathNode> steps, int at, int step = 0)
    {
        if (at == steps.Count)
        {
            return true;
        }

        if (type is { IsAbstract: true, Kind: TypeKind.Resource })
        {
            return false;
        }

        if (steps[at] is not MemberNode member)
        {
            return Fits(type, steps, at + 1);
        }

        var last = step == member.Steps.Length - 1;
        return On(type, member.Steps[step]).All(e => Fits(e.Type, steps, last ? at + 1 : at, last ? 0 : step + 1));
    }

    private List<ElementDefinition> On(TypeDefinition type, DefinitionSet set)
    {
        var found = new List<ElementDefinition>();
        foreach (var index in set.Indices)
        {
            if (definitions.Elements[index].Owner == type)
            {
                found.Add(definitions.Elements[index]);
            }
        }

        return found;
    }

    private void Weave(PlanNode node, ElementDefinition? element, List<PathNode> steps, int at, ResourceParameter parameter)
    {
        if (at == steps.Count)
        {
            if ((parameter.Type == SearchType.Composite ? Composite(parameter, node.Type) : writers.Find(parameter.Type, node.Type, element)) is { } writer)
            {
                node.Emit(parameter, writer);
                finds = true;
            }

            return;
        }

        switch (steps[at])
        {
            case MemberNode member:
                Step(node, member, 0, steps, at, parameter);
                break;
            case TypeFilterNode filter:
                if (filter.Wanted.Keeps(node.Type))
                {
                    Weave(node, element, steps, at + 1, parameter);
                }

                break;
            case WhereNode where:
                Weave(node.Guarded(where.Condition, isAdded(parameter) ? parameter : null), element, steps, at + 1, parameter);
                break;
        }
    }

    private ValueWriter? Composite(ResourceParameter parameter, TypeDefinition type)
    {
        var parts = new List<CompositePart>();
        foreach (var component in parameter.Definition.Components)
        {
            if (byUrl(component.Definition) is not { } definition)
            {
                errors.Add(new SearchPlanError(parameter, new PathError($"There is no search parameter {component.Definition}", 0, PathErrorKind.Semantic)));
                return null;
            }

            if (!FhirPath.TryCompile(component.Expression, definitions, type, out var path, out var error, Rules))
            {
                errors.Add(new SearchPlanError(parameter, error));
                return null;
            }

            parts.Add(new CompositePart(path, definition.Type));
        }

        return new CompositeWriter([.. parts], writers, isAdded(parameter)).Write;
    }

    private void Step(PlanNode node, MemberNode member, int step, List<PathNode> steps, int at, ResourceParameter parameter)
    {
        foreach (var element in On(node.Type, member.Steps[step]))
        {
            var child = node.Child(element);
            if (step == member.Steps.Length - 1)
            {
                Weave(child, element, steps, at + 1, parameter);
            }
            else
            {
                Step(child, member, step + 1, steps, at, parameter);
            }
        }
    }
}

/// <summary>A parameter that cannot be extracted, and why.</summary>
internal sealed record SearchPlanError(ResourceParameter Parameter, PathError Error);
