using System.Runtime.InteropServices;

namespace Salus.Fhir.Search;

/// <summary>Remembers where the values of one resource start in each list, and keeps equal ones once.</summary>
internal readonly struct SearchValueMarks(SearchValues values)
{
    /// <summary>Up to here comparing each with each is faster than hashing.</summary>
    private const int Few = 24;

    private readonly int tokens = values.Tokens.Count;
    private readonly int strings = values.Strings.Count;
    private readonly int references = values.References.Count;
    private readonly int dates = values.Dates.Count;
    private readonly int numbers = values.Numbers.Count;
    private readonly int quantities = values.Quantities.Count;
    private readonly int uris = values.Uris.Count;
    private readonly int typedIdentifiers = values.TypedIdentifiers.Count;
    private readonly int texts = values.Texts.Count;

    internal void KeepEachOnce()
    {
        KeepEachOnce(values.Tokens, tokens);
        KeepEachOnce(values.Strings, strings);
        KeepEachOnce(values.References, references);
        KeepEachOnce(values.Dates, dates);
        KeepEachOnce(values.Numbers, numbers);
        KeepEachOnce(values.Quantities, quantities);
        KeepEachOnce(values.Uris, uris);
        KeepEachOnce(values.TypedIdentifiers, typedIdentifiers);
        KeepEachOnce(values.Texts, texts);
    }

    private static void KeepEachOnce<T>(List<T> list, int start)
        where T : struct, IEquatable<T>
    {
        var added = CollectionsMarshal.AsSpan(list)[start..];
        var kept = added.Length < 2 ? added.Length : added.Length <= Few ? ByComparing(added) : ByHashing(added);
        if (kept < added.Length)
        {
            CollectionsMarshal.SetCount(list, start + kept);
        }
    }

    private static int ByComparing<T>(Span<T> added)
        where T : struct, IEquatable<T>
    {
        var kept = 1;
        for (var i = 1; i < added.Length; i++)
        {
            if (!added[..kept].Contains(added[i]))
            {
                added[kept++] = added[i];
            }
        }

        return kept;
    }

    private static int ByHashing<T>(Span<T> added)
        where T : struct, IEquatable<T>
    {
        var seen = new HashSet<T>(added.Length);
        var kept = 0;
        foreach (var value in added)
        {
            if (seen.Add(value))
            {
                added[kept++] = value;
            }
        }

        return kept;
    }
}
