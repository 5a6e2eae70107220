using Salus.Fhir.Definitions;
using Salus.Fhir.Paths.Nodes;
using Salus.Fhir.Search.Writers;

namespace Salus.Fhir.Search;

/// <summary>What to do at one element of a resource. Built by <see cref="SearchPlan"/>, then frozen.</summary>
internal sealed class PlanNode(TypeDefinition type)
{
    private readonly List<(ResourceParameter, ValueWriter)> emits = [];
    private readonly List<(PathNode, PlanNode, ResourceParameter?)> guards = [];
    private PlanNode?[]? children;

    internal TypeDefinition Type { get; } = type;

    /// <summary>The parameters that take the element itself.</summary>
    internal (ResourceParameter Parameter, ValueWriter Writer)[] Emits { get; private set; } = [];

    /// <summary>What applies only under a condition; with the parameter when it is not one of R4's own.</summary>
    internal (PathNode Condition, PlanNode Node, ResourceParameter? Added)[] Guards { get; private set; } = [];

    /// <summary>By <see cref="ElementDefinition.Position"/>; null when nothing below matters.</summary>
    internal PlanNode?[]? Children => children;

    internal void Emit(ResourceParameter parameter, ValueWriter writer) => emits.Add((parameter, writer));

    internal PlanNode Child(ElementDefinition element)
    {
        children ??= new PlanNode?[Type.Elements.Length];
        return children[element.Position] ??= new PlanNode(element.Type);
    }

    internal PlanNode Guarded(PathNode condition, ResourceParameter? added)
    {
        var node = new PlanNode(Type);
        guards.Add((condition, node, added));
        return node;
    }

    internal void Freeze()
    {
        Emits = [.. emits];
        Guards = [.. guards];
        foreach (var (_, node, _) in Guards)
        {
            node.Freeze();
        }

        foreach (var child in children ?? [])
        {
            child?.Freeze();
        }
    }
}
