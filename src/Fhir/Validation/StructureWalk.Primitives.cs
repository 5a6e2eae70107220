using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Fhir.Validation;

/// <summary>Primitives and their <c>_name</c> partners (http://hl7.org/fhir/R4/json.html#primitive).</summary>
internal ref partial struct StructureWalk
{
    private void Primitive(int parent, int index, ElementDefinition element)
    {
        if (!element.IsArray)
        {
            PrimitiveValue(index, element);
            return;
        }

        if (!IsFilledArray(index, element))
        {
            return;
        }

        var end = nodes[index].Next;
        var (partner, partnerEnd) = PartnerItems(parent, index);
        for (var i = index + 1; i < end && !full; i = nodes[i].Next)
        {
            if (nodes[i].Kind != JsonKind.Null)
            {
                PrimitiveValue(i, element);
            }
            else if (partner >= partnerEnd || nodes[partner].Kind == JsonKind.Null)
            {
                Report("structure", i, $"A null in an array only keeps the place of a value that has extensions in _{element.JsonName}; there are none for it. Leave the null out.");
            }

            partner = partner < partnerEnd ? nodes[partner].Next : partner;
        }
    }

    private void PrimitiveValue(int index, ElementDefinition element)
    {
        ref readonly var node = ref nodes[index];
        var kind = element.Type.Primitive;
        var expected = kind switch
        {
            PrimitiveKind.Boolean => node.Kind is JsonKind.True or JsonKind.False,
            PrimitiveKind.Integer or PrimitiveKind.PositiveInt or PrimitiveKind.UnsignedInt or PrimitiveKind.Decimal => node.Kind == JsonKind.Number,
            _ => node.Kind == JsonKind.String,
        };
        if (!expected)
        {
            WrongShape(index, element);
            return;
        }

        if (kind == PrimitiveKind.Boolean)
        {
            return;
        }

        var raw = utf8.Slice(node.Start, node.Length);
        var escaped = (node.Flags & NodeFlags.Escaped) != 0;
        var fault = kind switch
        {
            PrimitiveKind.String or PrimitiveKind.Markdown => StringText.Check(raw, escaped),
            PrimitiveKind.Xhtml => StringText.CheckXhtml(raw, escaped),
            PrimitiveKind.Base64Binary => StringText.IsBase64(Text(index)) ? TextFault.None : TextFault.Format,
            _ => PrimitiveFormat.IsValid(kind, Text(index)) ? TextFault.None : TextFault.Format,
        };
        if (fault != TextFault.None)
        {
            WrongFormat(index, element, fault);
        }
        else if (element.Codes is { } codes && !codes.Contains(Text(index)))
        {
            NotInValueSet(index, element, codes, Text(index));
        }
    }

    /// <summary>The property with an underscore: id and extensions of a primitive.</summary>
    private void Shadow(int parent, int index, ElementDefinition element)
    {
        if (element.Type.Kind != TypeKind.Primitive)
        {
            Report("structure", index, $"Only primitives have a partner with an underscore. {element} is a {element.Type.Name}: write its id and extensions into {element.JsonName} itself.");
            return;
        }

        if (!element.IsArray)
        {
            ShadowValue(index, element);
            return;
        }

        if (!IsFilledArray(index, element))
        {
            return;
        }

        var (value, valueEnd) = PartnerItems(parent, index);
        var end = nodes[index].Next;
        for (var i = index + 1; i < end && !full; i = nodes[i].Next)
        {
            if (nodes[i].Kind != JsonKind.Null)
            {
                ShadowValue(i, element);
            }
            else if (value >= valueEnd)
            {
                // With a null on the other side too, it is reported there.
                Report("structure", i, $"A null in _{element.JsonName} only keeps the place of a value without extensions; {element.JsonName} has none there. Leave the null out.");
            }

            value = value < valueEnd ? nodes[value].Next : value;
        }
    }

    private void ShadowValue(int index, ElementDefinition element)
    {
        if (nodes[index].Kind != JsonKind.Object)
        {
            Report("structure", index, $"_{element.JsonName} holds the id and the extensions of {element.JsonName}: {(element.IsArray ? "an array of objects" : "an object")}.");
            return;
        }

        Object(index, types[nodes[index].Type]);
    }

    /// <summary>The items of the array that is the other one of a property and its partner with the underscore; none when it stands alone.</summary>
    private readonly (int From, int To) PartnerItems(int parent, int index)
    {
        if ((nodes[parent].Flags & NodeFlags.HasShadows) == 0)
        {
            return (0, 0);
        }

        var end = nodes[parent].Next;
        for (var i = parent + 1; i < end; i = nodes[i].Next)
        {
            if (i != index && nodes[i].Definition == nodes[index].Definition)
            {
                return nodes[i].Kind == JsonKind.Array ? (i + 1, nodes[i].Next) : (0, 0);
            }
        }

        return (0, 0);
    }
}
