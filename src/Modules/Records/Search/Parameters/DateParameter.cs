using System.Text;
using Salus.Fhir.Primitives;
using Salus.Kernel;

namespace Salus.Records.Search.Parameters;

/// <summary>date (http://hl7.org/fhir/R4/search.html#date): ranges are compared with ranges, by the precision of both.</summary>
internal static class DateParameter
{
    private const long Day = 86_400_000_000;

    public static Outcome<string> Condition(SqlText sql, Criterion criterion, TimeProvider time)
    {
        var alternatives = new List<string>();
        foreach (var value in criterion.Values)
        {
            var range = Parse(criterion.Name, value, time);
            if (range.Failed(out var failure))
            {
                return failure;
            }

            alternatives.Add(criterion.Comparison switch
            {
                // Of _filter: the stored period includes that of the value, or has a moment of it.
                "co" => $"x.low <= {sql.Add(range.Value.Low)} and x.high >= {sql.Add(range.Value.High)}",
                "po" => $"x.low < {sql.Add(range.Value.High)} and ({EndsAfter(sql, range.Value.Low)})",
                _ => Compare(sql, range.Value),
            });
        }

        return string.Join(" or ", alternatives.Select(a => $"({a})"));
    }

    private static string Compare(SqlText sql, (string Prefix, long Low, long High) value)
    {
        var (prefix, l, h) = value;
        string low() => sql.Add(l);
        string high() => sql.Add(h);
        return prefix switch
        {
            "eq" => Within(sql, l, h),
            "ne" => $"x.low < {low()} or x.high > {high()}",
            "gt" => EndsAfter(sql, h),
            "ge" => $"{EndsAfter(sql, h)} or {Within(sql, l, h)}",
            "lt" => $"x.low < {low()}",
            "le" => $"x.low < {low()} or {Within(sql, l, h)}",
            "sa" => $"x.low >= {high()}",
            "eb" => $"x.high <= {low()} and x.low < {low()}",
            _ => $"({EndsAfter(sql, l)}) and x.low < {high()}",
        };
    }

    private static string Within(SqlText sql, long low, long high)
    {
        var (l, h) = (sql.Add(low), sql.Add(high));
        // The upper bound of low is implied; it closes the index range.
        return $"(x.low >= {l} and x.low < {h} and x.high <= {h})";
    }

    // Values of a day or less are found by their start; longer ones by the partial index on their end.
    private static string EndsAfter(SqlText sql, long at)
    {
        var (bound, near) = (sql.Add(at), sql.Add(at < long.MinValue + Day ? long.MinValue : at - Day));
        return $"((x.low > {near} and x.high > {bound}) or (x.high::numeric - x.low > 86400000000 and x.high > {bound}))";
    }

    /// <summary>Prefix, and the value's range in microseconds since 1970 UTC: [low, high). "ap" is widened by a tenth of its distance from now.</summary>
    public static Outcome<(string Prefix, long Low, long High)> Parse(string name, string value, TimeProvider time)
    {
        var (prefix, rest) = SearchText.Prefix(SearchText.Unescape(value));
        if (!FhirDateTime.TryRead(Encoding.UTF8.GetBytes(rest.Replace(' ', '+')), out var date))
        {
            return SearchText.Wrong(name, value, "a date such as 2026, 2026-01, 2026-01-31 or 2026-01-31T12:00:00Z, with eq, ne, gt, lt, ge, le, sa, eb or ap in front if wanted");
        }

        var (low, high) = (date.Low, date.High);
        if (prefix == "ap")
        {
            var now = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
            var slack = Math.Abs(now - low) / 10;
            (low, high) = (low - slack, high + slack);
        }

        return (prefix, low, high);
    }
}
