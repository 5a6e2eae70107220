using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Fhir.Validation;

/// <summary>Required bindings of concepts to closed value sets; in R4 no Coding or Quantity has one (http://hl7.org/fhir/R4/terminologies.html#required).</summary>
internal ref partial struct StructureWalk
{
    /// <summary>A concept in words alone may stand; with codes, at least one must be from the value set.</summary>
    private void Concept(int index, ElementDefinition element, CodeList codes)
    {
        var codings = Property(index, "coding"u8);
        if (codings < 0 || nodes[codings].Kind != JsonKind.Array)
        {
            return;
        }

        var other = -1;
        var end = nodes[codings].Next;
        for (var i = codings + 1; i < end; i = nodes[i].Next)
        {
            switch (IsFrom(i, codes))
            {
                case true:
                    return;
                case false:
                    other = other < 0 ? i : other;
                    break;
            }
        }

        if (other >= 0)
        {
            NotInValueSet(index, element, codes, CodeText(other));
        }
    }

    /// <summary>Whether a Coding is from the value set; null when it has no code. Without a system the code alone decides.</summary>
    private readonly bool? IsFrom(int coding, CodeList codes)
    {
        if (nodes[coding].Kind != JsonKind.Object || Property(coding, "code"u8) is not (>= 0 and var code) || nodes[code].Kind != JsonKind.String)
        {
            return null;
        }

        return Property(coding, "system"u8) is >= 0 and var system && nodes[system].Kind == JsonKind.String
            ? codes.Contains(Text(system), Text(code))
            : codes.Contains(Text(code));
    }

    private readonly ReadOnlySpan<byte> CodeText(int coding) => Text(Property(coding, "code"u8));
}
