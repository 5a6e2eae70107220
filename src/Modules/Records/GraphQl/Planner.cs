using GraphQLParser.AST;
using Salus.Fhir.Definitions;
using Salus.Fhir.Validation;
using Salus.Kernel;

namespace Salus.Records.GraphQl;

/// <summary>
/// What the fields of a document mean for the types that they are asked of (https://spec.graphql.org/October2021/#sec-Validation). Where a resource may be of several types, a field has to mean
/// something for one of them. Each selection is looked at once for a type, wherever it is used. For one request.
/// </summary>
internal sealed class Planner(QueryDocument document, VariableValues variables, SearchFields searches, FhirDefinitions definitions, GraphQlOptions limits)
{
    private const int MostErrors = 20;

    // A selection below a reference to anything is looked at for each of about 150 types.
    private const int StepsOfField = 50;

    private readonly Dictionary<(SelectionSets Sets, Scope Scope), SelectionPlan> plans = [];
    private readonly HashSet<ASTNode> sound = [];
    private readonly OrderedDictionary<ASTNode, string> wrong = [];
    private readonly Directives directives = new(variables, definitions);
    private readonly FieldPlanner fields = new(variables, searches, definitions);
    private int steps;

    /// <summary>The whole operation.</summary>
    /// <exception cref="GraphQlFault">Something in it means nothing, or it is too large.</exception>
    public SelectionPlan Whole(Scope scope)
    {
        if (document.Operation.Directives is { Count: > 0 } on)
        {
            throw new GraphQlFault(FailureKind.Invalid, GraphQlError.At(on.Items[0], document.Source, "not-supported", "An operation takes no directives; they go to fields and fragments."));
        }

        var plan = Of(new SelectionSets([document.Operation.SelectionSet]), scope, 0);
        var errors = wrong.Where(w => !sound.Contains(w.Key)).OrderBy(w => w.Key.Location.Start).Take(MostErrors).Select(w => GraphQlError.At(w.Key, document.Source, "invalid", w.Value)).ToList();
        return errors.Count > 0 ? throw new GraphQlFault(FailureKind.Invalid, errors)
            : plan.Weight > limits.MaxFields ? throw TooMany() : plan;
    }

    /// <summary>The fields of a selection for a type.</summary>
    /// <param name="depth">How many fields it stands in.</param>
    /// <exception cref="GraphQlFault">It is too large.</exception>
    public SelectionPlan Of(SelectionSets sets, Scope scope, int depth)
    {
        if (plans.TryGetValue((sets, scope), out var plan))
        {
            return depth + plan.Depth <= limits.MaxDepth ? plan : throw TooDeep();
        }

        if (depth >= limits.MaxDepth)
        {
            throw TooDeep();
        }

        var groups = new OrderedDictionary<string, List<GraphQLField>>();
        foreach (var set in sets.Sets)
        {
            Collect(set, scope, groups, new HashSet<string>(StringComparer.Ordinal), depth);
        }

        var planned = new List<PlannedField>();
        var (weight, deepest) = (0L, 0);
        foreach (var (key, nodes) in groups)
        {
            if (++steps > (long)limits.MaxFields * StepsOfField)
            {
                throw TooMany();
            }

            if (Field(key, nodes, scope) is not { } field)
            {
                continue;
            }

            planned.Add(field);
            var (size, height) = Inside(field, scope, depth + 1);
            weight = Math.Min(weight + 1 + size, int.MaxValue);
            deepest = Math.Max(deepest, height);
        }

        plan = new SelectionPlan(scope, planned, weight, deepest + 1);
        plans.TryAdd((sets, scope), plan);
        return plan;
    }

    // Null where it means nothing for this type, which is noted.
    private PlannedField? Field(string key, List<GraphQLField> nodes, Scope scope)
    {
        try
        {
            var field = fields.Of(key, nodes, scope, directives.ShapeOf(nodes[0], scope));
            nodes.ForEach(n => sound.Add(n));
            return field;
        }
        catch (ArgumentFault fault)
        {
            wrong.TryAdd(nodes[^1], fault.Message);
            return null;
        }
    }

    // What stands in a field, for each type that its value may be of.
    private (long Weight, int Depth) Inside(PlannedField field, Scope scope, int depth)
    {
        var (weight, deepest) = (0L, 0);
        foreach (var (type, sets) in field.Inside)
        {
            var most = 0L;
            foreach (var inner in FieldPlanner.ScopesIn(field, scope, type, definitions))
            {
                var plan = Of(sets, inner, depth);
                most = Math.Max(most, plan.Weight);
                deepest = Math.Max(deepest, plan.Depth);
            }

            weight += most;
        }

        return (weight, deepest);
    }

    // https://spec.graphql.org/October2021/#CollectFields()
    private void Collect(GraphQLSelectionSet set, Scope scope, OrderedDictionary<string, List<GraphQLField>> groups, HashSet<string> seen, int depth)
    {
        if (depth > limits.MaxDepth)
        {
            throw TooDeep();
        }

        foreach (var selection in set.Selections)
        {
            if (++steps > (long)limits.MaxFields * StepsOfField)
            {
                throw TooMany();
            }

            if (!IsIncluded(selection))
            {
                continue;
            }

            switch (selection)
            {
                case GraphQLField field:
                    var key = field.Alias?.Name.StringValue ?? field.Name.StringValue;
                    if (!groups.TryGetValue(key, out var group))
                    {
                        groups.Add(key, group = []);
                    }

                    group.Add(field);
                    break;
                case GraphQLFragmentSpread spread when seen.Add(spread.FragmentName.Name.StringValue):
                    Spread(spread, scope, groups, seen, depth);
                    break;
                case GraphQLInlineFragment inline when Applies(inline, inline.TypeCondition?.Type.Name.StringValue, scope):
                    Collect(inline.SelectionSet, scope, groups, seen, depth + 1);
                    break;
                default:
                    break;
            }
        }
    }

    private void Spread(GraphQLFragmentSpread spread, Scope scope, OrderedDictionary<string, List<GraphQLField>> groups, HashSet<string> seen, int depth)
    {
        var name = spread.FragmentName.Name.StringValue;
        if (!document.Fragments.TryGetValue(name, out var fragment))
        {
            var near = NearestName.Find(name, document.Fragments.Keys);
            wrong.TryAdd(spread, $"The document has no fragment '{name}'.{(near is null ? "" : $" Is '{near}' meant?")}");
        }
        else if (fragment.Directives is { Count: > 0 })
        {
            wrong.TryAdd(spread, $"The fragment '{name}' has directives at its definition; they go to where it is used.");
        }
        else if (Applies(spread, fragment.TypeCondition.Type.Name.StringValue, scope))
        {
            Collect(fragment.SelectionSet, scope, groups, seen, depth + 1);
        }
    }

    private bool Applies(ASTNode node, string? condition, Scope scope)
    {
        if (condition is null || scope.Is(condition))
        {
            sound.Add(node);
            return true;
        }

        var known = definitions.Type(condition) is not null || definitions.Types.ToArray().Any(t => t.Kind == TypeKind.Backbone && Scope.NameOf(t) == condition) || searches.Find(condition) is { Pages: true } || condition is "Query";
        var near = known ? null : NearestName.Find(condition, definitions.ResourceTypes.Select(t => t.Name));
        wrong.TryAdd(node, known ? $"A fragment on {condition} says nothing of {scope.Name}: it never is one." : $"'{condition}' is no type of FHIR R4.{(near is null ? "" : $" Is '{near}' meant?")}");
        return false;
    }

    private bool IsIncluded(ASTNode selection)
    {
        try
        {
            return directives.IsIncluded(selection);
        }
        catch (ArgumentFault fault)
        {
            wrong.TryAdd(selection, fault.Message);
            return false;
        }
    }

    private GraphQlFault TooDeep() => GraphQlFault.TooCostly($"Fields or fragments stand in each other deeper than {limits.MaxDepth} levels (Salus:Records:GraphQl:MaxDepth). Ask in parts.");

    private GraphQlFault TooMany() => GraphQlFault.TooCostly($"The document has more than {limits.MaxFields} fields, each counted wherever its fragment is used (Salus:Records:GraphQl:MaxFields). Ask in parts.");
}
