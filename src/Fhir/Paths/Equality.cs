using Salus.Fhir.Json;

namespace Salus.Fhir.Paths;

/// <summary>The operator <c>=</c> (http://hl7.org/fhirpath/N1/#equals). Null means unknown.</summary>
internal static class Equality
{
    internal static bool? OfCollections(PathCollection a, PathCollection b, PathScope scope, int position)
    {
        if (a.Count == 0 || b.Count == 0)
        {
            return null;
        }

        if (a.Count != b.Count)
        {
            return false;
        }

        bool? all = true;
        for (var i = 0; i < a.Count; i++)
        {
            var one = Of(a[i], b[i], scope, position);
            if (one == false)
            {
                return false;
            }

            all = one is null ? null : all;
        }

        return all;
    }

    internal static bool? Of(in PathValue left, in PathValue right, PathScope scope, int position)
    {
        scope.Charge(SystemValue.Cost(left) + SystemValue.Cost(right), position);
        if (TextEquality.Of(left, right) is { } known)
        {
            return known;
        }

        var a = SystemValue.Of(left);
        var b = SystemValue.Of(right);
        switch (a.Kind, b.Kind)
        {
            case (PathKind.Element, PathKind.Element):
                return Same(a.Element, b.Element, scope, position);
            case (PathKind.Boolean, PathKind.Boolean):
                return a.Boolean == b.Boolean;
            case (PathKind.String, PathKind.String):
                return string.Equals(a.Text, b.Text, StringComparison.Ordinal);
            case (PathKind.Integer or PathKind.Decimal, PathKind.Integer or PathKind.Decimal):
                return a.Decimal == b.Decimal;
            case (PathKind.Date or PathKind.DateTime, PathKind.Date or PathKind.DateTime) or (PathKind.Time, PathKind.Time):
                return Ordering.Times(a.Time, b.Time) is { } order ? order == 0 : null;
            case (PathKind.Quantity, PathKind.Quantity or PathKind.Integer or PathKind.Decimal) or (PathKind.Integer or PathKind.Decimal, PathKind.Quantity):
                return Units.Compare(a, b, position) is { } difference ? difference == 0 : null;
            case (PathKind.Type, PathKind.Type):
                return a.TypeInfo == b.TypeInfo;
            default:
                return false;
        }
    }

    internal static bool IsAmong(in PathValue value, PathCollection among, PathScope scope, int position)
    {
        foreach (ref readonly var other in among.Span)
        {
            if (Of(value, other, scope, position) == true)
            {
                return true;
            }
        }

        return false;
    }

    // Complex elements are equal when their children are, in the order of the definition: JSON properties may stand in any.
    private static bool? Same(Element a, Element b, PathScope scope, int position)
    {
        if (a.Index == b.Index && a.Shadow == b.Shadow && ReferenceEquals(a.Document, b.Document))
        {
            return true;
        }

        if (a.HasValue != b.HasValue || a.Kind != b.Kind || (a.HasValue && a.Kind is not (JsonKind.Object or JsonKind.Array) && !a.Text.SequenceEqual(b.Text)))
        {
            return false;
        }

        bool? all = true;
        var others = b.Children;
        foreach (var child in a.Children)
        {
            if (all == false || !others.MoveNext())
            {
                return false;
            }

            if (child.Definition?.Name != others.Current.Definition?.Name)
            {
                return And(all, SameFrom(child, a, others, scope, position));
            }

            all = And(all, Of(PathValue.Of(child), PathValue.Of(others.Current), scope, position));
        }

        return others.MoveNext() ? false : all;
    }

    /// <summary>The same from the first place on where the names differ. What stands before it is in the same order, so it changes no pair.</summary>
    private static bool? SameFrom(Element first, Element a, ElementChildren others, PathScope scope, int position)
    {
        var (left, right) = (new List<Element>(), new List<Element> { others.Current });
        foreach (var child in a.Children)
        {
            if (left.Count > 0 || (child.Index == first.Index && child.Shadow == first.Shadow))
            {
                left.Add(child);
            }
        }

        while (others.MoveNext())
        {
            right.Add(others.Current);
        }

        scope.Charge(left.Count + right.Count, position);
        if (left.Count != right.Count)
        {
            return false;
        }

        bool? all = true;
        foreach (var (one, other) in left.OrderBy(Place).Zip(right.OrderBy(Place)))
        {
            all = one.Definition?.Name == other.Definition?.Name ? And(all, Of(PathValue.Of(one), PathValue.Of(other), scope, position)) : false;
            if (all == false)
            {
                return false;
            }
        }

        return all;
    }

    // Types of a choice are one element.
    private static int Place(Element child) => child.Definition?.Slot ?? -1;

    private static bool? And(bool? a, bool? b) => a == false || b == false ? false : a is null || b is null ? null : true;
}
