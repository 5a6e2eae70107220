using Salus.Fhir.Json;

namespace Salus.Fhir.Paths;

/// <summary>The operator <c>~</c> (http://hl7.org/fhirpath/N1/#equivalent): order, case and white space do not matter; never unknown.</summary>
internal static class Equivalence
{
    internal static bool OfCollections(PathCollection a, PathCollection b, PathScope scope, int position)
    {
        if (a.Count != b.Count)
        {
            return false;
        }

        var taken = new bool[b.Count];
        foreach (ref readonly var value in a.Span)
        {
            var found = false;
            for (var i = 0; i < taken.Length && !found; i++)
            {
                found = !taken[i] && Of(value, b[i], scope, position);
                taken[i] |= found;
            }

            if (!found)
            {
                return false;
            }
        }

        return true;
    }

    internal static bool Of(in PathValue left, in PathValue right, PathScope scope, int position)
    {
        scope.Charge(SystemValue.Cost(left) + SystemValue.Cost(right), position);
        var a = SystemValue.Of(left);
        var b = SystemValue.Of(right);
        switch (a.Kind, b.Kind)
        {
            case (PathKind.Element, PathKind.Element):
                return Same(a.Element, b.Element, scope, position);
            case (PathKind.String, PathKind.String):
                return string.Equals(Normal(a.Text), Normal(b.Text), StringComparison.OrdinalIgnoreCase);
            case (PathKind.Integer or PathKind.Decimal, PathKind.Integer or PathKind.Decimal):
                var digits = Math.Min(a.Decimal.Scale, b.Decimal.Scale);
                return Math.Round(a.Decimal, digits, MidpointRounding.AwayFromZero) == Math.Round(b.Decimal, digits, MidpointRounding.AwayFromZero);
            case (PathKind.Quantity, PathKind.Quantity):
                return Units.Equivalent(a, b, position);
            default:
                return Equality.Of(a, b, scope, position) == true;
        }
    }

    private static bool Same(Element a, Element b, PathScope scope, int position)
    {
        if (a.Kind != b.Kind || (a.HasValue && a.Kind is not (JsonKind.Object or JsonKind.Array) && !a.Text.SequenceEqual(b.Text)))
        {
            return false;
        }

        var others = new List<(string Name, PathValue Value)>();
        foreach (var other in b.Children)
        {
            others.Add((other.Definition!.Name, PathValue.Of(other)));
        }

        foreach (var child in a.Children)
        {
            var (name, value) = (child.Definition!.Name, PathValue.Of(child));
            // The id of an element is its address, not its content.
            var at = others.FindIndex(o => o.Name == name && (name == "id" || Of(value, o.Value, scope, position)));
            if (at < 0)
            {
                return false;
            }

            others.RemoveAt(at);
        }

        return others.Count == 0;
    }

    private static string Normal(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
