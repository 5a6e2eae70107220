using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Fhir.Validation;

/// <summary>One walk over the tape of a document. Every node is looked at once.</summary>
internal ref partial struct StructureWalk
{
    private readonly ResourceDocument document;
    private readonly Node[] nodes;
    private readonly ReadOnlySpan<byte> utf8;
    private readonly ReadOnlySpan<TypeDefinition> types;
    private readonly ReadOnlySpan<ElementDefinition> elements;
    private readonly ulong[][] required;
    private readonly StructureValidationOptions options;

    /// <summary>The resource whose <c>contained</c> a reference with # means.</summary>
    private int container;

    /// <summary>The contained resources by id, once enough references went to them.</summary>
    private Dictionary<string, int>? containedIds;
    private int localSearches;

    /// <summary>No more issues are taken; the walk ends.</summary>
    private bool full;

    /// <param name="document">What is walked.</param>
    /// <param name="options">What passes.</param>
    /// <param name="required">Per type the slots that must be filled.</param>
    /// <param name="findings">Gets the issues; null to make one for the first issue.</param>
    internal StructureWalk(ResourceDocument document, StructureValidationOptions options, ulong[][] required, Findings? findings)
    {
        Findings = findings;
        this.document = document;
        this.options = options;
        this.required = required;
        nodes = document.Nodes;
        utf8 = document.Utf8.Span;
        types = document.Definitions.Types;
        elements = document.Definitions.Elements;
    }

    internal Findings? Findings { get; private set; }

    /// <summary>A resource that stands for itself: the root, or one in a bundle or in parameters.</summary>
    internal void Resource(int index)
    {
        var outer = (container, containedIds, localSearches);
        (container, containedIds, localSearches) = (index, null, 0);
        Object(index, types[nodes[index].Type]);
        (container, containedIds, localSearches) = outer;
    }

    private void Contained(int index)
    {
        var type = types[nodes[index].Type];
        if (Property(index, "id"u8) < 0)
        {
            Report("required", index, "A contained resource has an id, which references name with #. Give it one.", "id");
        }

        if (Property(index, "contained"u8) is >= 0 and var nested)
        {
            Report("structure", nested, "A contained resource contains no further ones. Move them into the outer resource's contained.");
        }

        Object(index, type);
    }

    private void Object(int index, TypeDefinition type)
    {
        var end = nodes[index].Next;
        if (end == index + 1)
        {
            Report("structure", index, "An object is never empty in FHIR JSON. Leave the property out.");
            return;
        }

        Span<ulong> seen = stackalloc ulong[required[type.Index].Length];
        seen.Clear();
        for (var i = index + 1; i < end && !full; i = nodes[i].Next)
        {
            ref readonly var node = ref nodes[i];
            if (node.Definition == Node.None)
            {
                if (type.Kind != TypeKind.Resource || !Name(i).SequenceEqual("resourceType"u8))
                {
                    Unknown(i, type);
                }

                continue;
            }

            var element = elements[node.Definition];
            ref var word = ref seen[element.Slot >> 6];
            var bit = 1UL << element.Slot;
            if ((word & bit) != 0 && element.IsChoice)
            {
                OneTypeOnly(index, i, element);
            }

            word |= bit;
            if ((node.Flags & NodeFlags.Shadow) != 0)
            {
                Shadow(index, i, element);
            }
            else if (element.Type.Kind == TypeKind.Primitive)
            {
                Primitive(index, i, element);
            }
            else
            {
                Complex(i, element);
            }
        }

        var must = required[type.Index];
        for (var w = 0; w < must.Length; w++)
        {
            if ((must[w] & ~seen[w]) is not 0 and var missing && !full)
            {
                Missing(index, type, missing, w * 64);
            }
        }
    }

    private void Complex(int index, ElementDefinition element)
    {
        if (!element.IsArray)
        {
            ComplexValue(index, element);
            return;
        }

        if (!IsFilledArray(index, element))
        {
            return;
        }

        var end = nodes[index].Next;
        for (var i = index + 1; i < end && !full; i = nodes[i].Next)
        {
            ComplexValue(i, element);
        }
    }

    private void ComplexValue(int index, ElementDefinition element)
    {
        if (nodes[index].Kind != JsonKind.Object)
        {
            WrongShape(index, element);
            return;
        }

        var type = types[nodes[index].Type];
        if (element.Type.Kind == TypeKind.Resource)
        {
            if (element.Name == "contained")
            {
                Contained(index);
            }
            else
            {
                Resource(index);
            }

            return;
        }

        Object(index, type);
        switch (type.Name)
        {
            case "Reference":
                Reference(index, element);
                break;
            case "Extension":
                Extension(index);
                break;
            case "CodeableConcept" when element.Codes is not null:
                Concept(index, element, element.Codes);
                break;
        }
    }

    /// <summary>Extension: a value or extensions of its own, not both (invariant ext-1 of http://hl7.org/fhir/R4/extensibility.html).</summary>
    private void Extension(int index)
    {
        var nested = false;
        var value = false;
        var end = nodes[index].Next;
        for (var i = index + 1; i < end; i = nodes[i].Next)
        {
            if (nodes[i].Definition != Node.None)
            {
                var element = elements[nodes[i].Definition];
                value |= element.IsChoice;
                nested |= element.JsonNameUtf8.SequenceEqual("extension"u8);
            }
        }

        if (nested == value && nodes[index].Next > index + 1)
        {
            Report("invariant", index, nested
                ? "An extension has either a value or extensions of its own, not both. Keep one of them."
                : "An extension without a value says nothing. Give it a value[x], such as valueString, or extensions of its own.");
        }
    }

    /// <summary>True when it is an array with at least one and not too many items; otherwise it is reported.</summary>
    private bool IsFilledArray(int index, ElementDefinition element)
    {
        if (nodes[index].Kind != JsonKind.Array)
        {
            WrongShape(index, element);
            return false;
        }

        if (nodes[index].Next == index + 1)
        {
            Report("structure", index, "An array is never empty in FHIR JSON. Leave the property out.");
            return false;
        }

        if (element.Max != int.MaxValue && CountItems(index) is var count && count > element.Max)
        {
            Report("structure", index, $"{element} has at most {element.Max} values; here are {count}.");
        }

        return true;
    }

    private readonly int CountItems(int index)
    {
        var count = 0;
        for (var i = index + 1; i < nodes[index].Next; i = nodes[i].Next)
        {
            count++;
        }

        return count;
    }

    /// <summary>The node of a property of an object by its JSON name, or -1.</summary>
    private readonly int Property(int index, ReadOnlySpan<byte> name)
    {
        var end = nodes[index].Next;
        for (var i = index + 1; i < end; i = nodes[i].Next)
        {
            if (Name(i).SequenceEqual(name))
            {
                return i;
            }
        }

        return -1;
    }

    private readonly ReadOnlySpan<byte> Name(int index) => nodes[index].Name(utf8);

    private readonly ReadOnlySpan<byte> Text(int index) => nodes[index].Text(utf8);
}
