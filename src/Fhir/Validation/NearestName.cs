using Salus.Fhir.Definitions;

namespace Salus.Fhir.Validation;

/// <summary>Guesses which element a misspelt name meant.</summary>
public static class NearestName
{
    /// <summary>The element name of the type that is closest to <paramref name="name"/>, or null when none is close.</summary>
    internal static string? Find(string name, TypeDefinition type) => Find(name, Array.ConvertAll(type.Elements.ToArray(), e => e.JsonName));

    /// <summary>The closest of any names; null when none is close.</summary>
    public static string? Find(string name, IEnumerable<string> names)
    {
        var limit = Math.Max(1, Math.Min(3, name.Length / 3));
        string? best = null;
        foreach (var known in names)
        {
            var distance = string.Equals(name, known, StringComparison.OrdinalIgnoreCase) ? 0 : Distance(name, known, limit);
            if (distance < limit || (distance == limit && best is null))
            {
                (best, limit) = (known, distance);
            }
        }

        return best;
    }

    /// <summary>The number of letters to insert, drop, change or swap with the next one; limit + 1 when it is more than the limit.</summary>
    private static int Distance(string a, string b, int limit)
    {
        if (Math.Abs(a.Length - b.Length) > limit)
        {
            return limit + 1;
        }

        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    rows[i, j] = i + j;
                    continue;
                }

                var change = rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(change, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }

        return rows[a.Length, b.Length];
    }
}
