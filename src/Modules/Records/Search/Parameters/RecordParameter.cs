using Salus.Kernel;

namespace Salus.Records.Search.Parameters;

/// <summary><c>_id</c> and <c>_lastUpdated</c>: what the record itself knows of a resource.</summary>
internal static class RecordParameter
{
    public static string Id(Row row, Criterion criterion) => $"{row.Name}.id = any({row.Sql.Add(criterion.Values.Select(v => SearchText.Unescape(v)).ToArray())})";

    public static Outcome<string> LastUpdated(Row row, Criterion criterion, TimeProvider time)
    {
        var at = $"{row.Name}.at";
        var alternatives = new List<string>();
        foreach (var value in criterion.Values)
        {
            var range = DateParameter.Parse(criterion.Name, value, time);
            if (range.Failed(out var failure))
            {
                return failure;
            }

            var (prefix, low, high) = range.Value;
            var (from, to) = (row.Sql.Add(Time(low)), row.Sql.Add(Time(high)));
            alternatives.Add(prefix switch
            {
                "ne" => $"({at} < {from} or {at} >= {to})",
                "gt" or "sa" => $"{at} >= {to}",
                "ge" => $"{at} >= {from}",
                "lt" or "eb" => $"{at} < {from}",
                "le" => $"{at} < {to}",
                _ => $"({at} >= {from} and {at} < {to})",
            });
        }

        return $"({string.Join(" or ", alternatives)})";
    }

    /// <summary>The time, held within what the record's clock can have been.</summary>
    public static DateTime Time(long microseconds) =>
        DateTime.UnixEpoch.AddTicks(Math.Clamp(microseconds, -62_135_596_800_000_000, 253_402_300_799_000_000) * TimeSpan.TicksPerMicrosecond);
}
