using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Fhir.Paths;

/// <summary>
/// Drops what stands twice, by hash: comparing each item with each other one would make bundles of thousands of entries too costly.
/// Items that are equal have the same hash; items of one hash are compared.
/// </summary>
internal static class DistinctItems
{
    /// <summary>Below it, comparing is cheaper than hashing.</summary>
    private const int Few = 16;

    /// <summary>Adds the items that do not stand in <paramref name="into"/> yet, from its item <paramref name="start"/> on.</summary>
    internal static void Add(PathCollection values, PathCollection into, int start, PathScope scope, int position)
    {
        if (values.Count <= Few || HasAmount(values) || HasAmount(into))
        {
            AddCompared(values, into, start, scope, position);
            return;
        }

        // Per hash the last item, and per item the one before it with the same hash.
        var heads = new Dictionary<int, int>(values.Count);
        var before = new List<int>(values.Count);
        for (var i = start; i < into.Count; i++)
        {
            Link(heads, before, Hash(into[i], scope, position), i);
        }

        foreach (ref readonly var value in values.Span)
        {
            scope.Charge(SystemValue.Cost(value), position);
            var hash = Hash(value, scope, position);
            if (!Stands(value, hash, heads, before, into, start, scope, position))
            {
                into.Add(value);
                Link(heads, before, hash, into.Count - 1);
            }
        }
    }

    private static void Link(Dictionary<int, int> heads, List<int> before, int hash, int index)
    {
        before.Add(heads.GetValueOrDefault(hash, -1));
        heads[hash] = index;
    }

    private static bool Stands(
        in PathValue value, int hash, Dictionary<int, int> heads, List<int> before, PathCollection into, int start, PathScope scope, int position)
    {
        for (var at = heads.GetValueOrDefault(hash, -1); at >= 0; at = before[at - start])
        {
            if (Equality.Of(value, into[at], scope, position) == true)
            {
                return true;
            }
        }

        return false;
    }

    private static void AddCompared(PathCollection values, PathCollection into, int start, PathScope scope, int position)
    {
        foreach (ref readonly var value in values.Span)
        {
            var known = false;
            foreach (ref readonly var other in into.Span[start..])
            {
                if (Equality.Of(value, other, scope, position) == true)
                {
                    known = true;
                    break;
                }
            }

            if (!known)
            {
                into.Add(value);
            }
        }
    }

    // A quantity can be equal to one in another unit, and to a number.
    private static bool HasAmount(PathCollection values)
    {
        foreach (ref readonly var value in values.Span)
        {
            if (value.Kind == PathKind.Quantity || (value.Kind == PathKind.Element && IsAmount(value.Element)))
            {
                return true;
            }
        }

        return false;
    }

    private static int Hash(in PathValue item, PathScope scope, int position)
    {
        if (item is { Kind: PathKind.Element, Element.Kind: JsonKind.Object })
        {
            return Hash(item.Element, scope, position);
        }

        var value = SystemValue.Of(item);
        return value.Kind switch
        {
            PathKind.Boolean => value.Boolean ? 1 : 2,
            PathKind.Integer or PathKind.Decimal => value.Decimal.GetHashCode(),
            PathKind.String => string.GetHashCode(value.Text, StringComparison.Ordinal),
            // Written in different precisions or zones they can be equal.
            _ => 3,
        };
    }

    // Equal elements have equal children, in any order: a sum.
    private static int Hash(Element element, PathScope scope, int position)
    {
        var hash = 4;
        foreach (var child in element.Children)
        {
            scope.Charge(SystemValue.Cost(PathValue.Of(child)), position);
            var content = child.Kind switch
            {
                JsonKind.String when TextEquality.IsText(child) => string.GetHashCode(child.AsString(), StringComparison.Ordinal),
                JsonKind.Object when !IsAmount(child) => Hash(child, scope, position),
                // Written in different ways they can be equal.
                _ => 3,
            };
            hash += HashCode.Combine(child.Definition?.Name, content);
        }

        return hash;
    }

    private static bool IsAmount(Element element) => element.Type is { Kind: TypeKind.Complex } type && type.Is("Quantity");
}
