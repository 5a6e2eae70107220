using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;

namespace Salus.Fhir.Validation.Invariants;

/// <summary>Evaluates the invariants of R4 on every element of a resource that has any: one walk over the tape.</summary>
internal ref struct InvariantWalk
{
    private readonly ResourceDocument document;
    private readonly Node[] nodes;
    private readonly ReadOnlySpan<TypeDefinition> types;
    private readonly ReadOnlySpan<ElementDefinition> elements;
    private readonly InvariantTable table;
    private readonly Findings findings;
    private readonly PathContext outside;

    /// <summary>The innermost resource, and the one that is not contained in another.</summary>
    private int resource;
    private int root;

    /// <summary><c>%resource</c> and <c>%rootResource</c>; made for the first invariant that is evaluated in a resource.</summary>
    private PathContext? context;

    internal InvariantWalk(ResourceDocument document, InvariantTable table, Findings findings, PathContext outside)
    {
        this.document = document;
        this.table = table;
        this.findings = findings;
        this.outside = outside;
        nodes = document.Nodes;
        types = document.Definitions.Types;
        elements = document.Definitions.Elements;
    }

    /// <summary>A resource that stands for itself: the root, or one in a bundle or in parameters.</summary>
    internal void Resource(int index)
    {
        var outer = (resource, root, context);
        (resource, root, context) = (index, index, null);
        Object(index, types[nodes[index].Type]);
        if (types[nodes[index].Type] == table.BundleType)
        {
            BundleEntries.Check(document, index, findings);
        }

        (resource, root, context) = outer;
    }

    private void ContainedResource(int index)
    {
        var outer = (resource, context);
        (resource, context) = (index, null);
        Object(index, types[nodes[index].Type]);
        (resource, context) = outer;
    }

    private void Object(int index, TypeDefinition type)
    {
        var invariants = table.Of(type);
        Span<ulong> present = stackalloc ulong[invariants.Words];
        present.Clear();
        Properties(index, invariants, present);
        var count = findings.Least >= IssueSeverity.Error ? invariants.Errors : invariants.All.Length;
        for (var i = 0; i < count; i++)
        {
            if (invariants.All[i].CanFail(present))
            {
                Evaluate(invariants.All[i], index);
            }
        }
    }

    private void Properties(int index, TypeInvariants invariants, scoped Span<ulong> present)
    {
        var end = nodes[index].Next;
        for (var i = index + 1; i < end && !findings.Full; i = nodes[i].Next)
        {
            ref readonly var node = ref nodes[i];
            if (node.Definition == Node.None)
            {
                continue;
            }

            var element = elements[node.Definition];
            present[element.Position >> 6] |= 1UL << element.Position;
            if (invariants.OfChildren)
            {
                OwnOf(i, element);
            }

            if (node.Kind is JsonKind.Object or JsonKind.Array)
            {
                Property(i, element);
            }
        }
    }

    private void Property(int index, ElementDefinition element)
    {
        if (nodes[index].Kind == JsonKind.Object)
        {
            Value(index, element);
            return;
        }

        var end = nodes[index].Next;
        for (var i = index + 1; i < end && !findings.Full; i = nodes[i].Next)
        {
            if (nodes[i].Kind == JsonKind.Object)
            {
                Value(i, element);
            }
        }

        if (element.Type.Kind == TypeKind.Resource && element.Name == table.Contained)
        {
            ContainedUse.Check(document, index, resource, findings);
        }
    }

    private void Value(int index, ElementDefinition element)
    {
        var type = nodes[index].Type;
        if (type == Node.None)
        {
            return;
        }

        if (element.Type.Kind != TypeKind.Resource)
        {
            Object(index, types[type]);
        }
        else if (element.Name == table.Contained)
        {
            ContainedResource(index);
        }
        else
        {
            Resource(index);
        }
    }

    /// <summary>The invariants of an element beside those of its type, on each of its values.</summary>
    private void OwnOf(int index, ElementDefinition element)
    {
        if (element == table.NarrativeDiv)
        {
            Narratives.Check(new Element(document, index, -1), findings);
            return;
        }

        foreach (var invariant in table.Of(element))
        {
            foreach (var item in new Element(document, index, -1).Items)
            {
                Evaluate(invariant, item.Index);
            }
        }
    }

    private void Evaluate(CompiledInvariant invariant, int index)
    {
        if (invariant.Severity < findings.Least)
        {
            return;
        }

        context ??= outside with { Resource = new Element(document, resource, -1), RootResource = new Element(document, root, -1) };
        findings.Judge(invariant, new Element(document, index, -1), context);
    }
}
