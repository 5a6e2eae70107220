using System.Globalization;
using Salus.Fhir.Json;

namespace Salus.Fhir.Profiles;

/// <summary>Values against <c>fixed[x]</c> (the same) and <c>pattern[x]</c> (at least this), http://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.pattern_x_.</summary>
internal static class ValueComparison
{
    internal static bool IsSame(Element value, Element expected) => Matches(value.Document, value.Index, expected.Document, expected.Index, whole: true);

    internal static bool Fits(Element value, Element pattern) => Matches(value.Document, value.Index, pattern.Document, pattern.Index, whole: false);

    private static bool Matches(ResourceDocument one, int value, ResourceDocument other, int expected, bool whole)
    {
        if (value < 0 || expected < 0)
        {
            return value < 0 && expected < 0;
        }

        var (a, b) = (one.Nodes[value].Kind, other.Nodes[expected].Kind);
        return (a, b) switch
        {
            (JsonKind.Object, JsonKind.Object) => Objects(one, value, other, expected, whole),
            (JsonKind.Array, JsonKind.Array) => Arrays(one, value, other, expected, whole),
            (JsonKind.String, JsonKind.String) => new Element(one, value, -1).Text.SequenceEqual(new Element(other, expected, -1).Text),
            (JsonKind.Number, JsonKind.Number) => Number(one, value) == Number(other, expected),
            _ => a == b,
        };
    }

    private static bool Objects(ResourceDocument one, int value, ResourceDocument other, int expected, bool whole)
    {
        var count = 0;
        for (var i = expected + 1; i < other.Nodes[expected].Next; i = other.Nodes[i].Next, count++)
        {
            var found = Property(one, value, Name(other, i));
            if (found < 0 || !Matches(one, found, other, i, whole))
            {
                return false;
            }
        }

        return !whole || count == Count(one, value);
    }

    // A pattern's items may stand anywhere among others.
    private static bool Arrays(ResourceDocument one, int value, ResourceDocument other, int expected, bool whole)
    {
        var at = value + 1;
        for (var i = expected + 1; i < other.Nodes[expected].Next; i = other.Nodes[i].Next)
        {
            if (whole)
            {
                if (at >= one.Nodes[value].Next || !Matches(one, at, other, i, whole))
                {
                    return false;
                }

                at = one.Nodes[at].Next;
            }
            else if (!AnyItem(one, value, other, i))
            {
                return false;
            }
        }

        return !whole || at >= one.Nodes[value].Next;
    }

    private static bool AnyItem(ResourceDocument one, int value, ResourceDocument other, int expected)
    {
        for (var i = value + 1; i < one.Nodes[value].Next; i = one.Nodes[i].Next)
        {
            if (Matches(one, i, other, expected, whole: false))
            {
                return true;
            }
        }

        return false;
    }

    private static int Property(ResourceDocument document, int index, ReadOnlySpan<byte> name)
    {
        for (var i = index + 1; i < document.Nodes[index].Next; i = document.Nodes[i].Next)
        {
            if (Name(document, i).SequenceEqual(name))
            {
                return i;
            }
        }

        return -1;
    }

    private static int Count(ResourceDocument document, int index)
    {
        var count = 0;
        for (var i = index + 1; i < document.Nodes[index].Next; i = document.Nodes[i].Next)
        {
            count++;
        }

        return count;
    }

    private static ReadOnlySpan<byte> Name(ResourceDocument document, int index) => document.Nodes[index].Name(document.Utf8.Span);

    private static decimal? Number(ResourceDocument document, int index) =>
        decimal.TryParse(new Element(document, index, -1).RawUtf8, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
