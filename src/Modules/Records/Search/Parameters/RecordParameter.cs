using Salus.Kernel;

namespace Salus.Records.Search.Parameters;

/// <summary><c>_id</c> and <c>_lastUpdated</c>: what the record itself knows of a resource.</summary>
internal static class RecordParameter
{
    public static string Id(SqlText sql, Criterion criterion) => $"c.id = any({sql.Add(criterion.Values.Select(v => SearchText.Unescape(v)).ToArray())})";

    public static Outcome<string> LastUpdated(SqlText sql, Criterion criterion, TimeProvider time)
    {
        var alternatives = new List<string>();
        foreach (var value in criterion.Values)
        {
            var range = DateParameter.Parse(criterion.Name, value, time);
            if (range.Failed(out var failure))
            {
                return failure;
            }

            var (prefix, low, high) = range.Value;
            var (from, to) = (sql.Add(Time(low)), sql.Add(Time(high)));
            alternatives.Add(prefix switch
            {
                "ne" => $"(c.at < {from} or c.at >= {to})",
                "gt" or "sa" => $"c.at >= {to}",
                "ge" => $"c.at >= {from}",
                "lt" or "eb" => $"c.at < {from}",
                "le" => $"c.at < {to}",
                _ => $"(c.at >= {from} and c.at < {to})",
            });
        }

        return $"({string.Join(" or ", alternatives)})";
    }

    /// <summary>The time, held within what the record's clock can have been.</summary>
    public static DateTime Time(long microseconds) =>
        DateTime.UnixEpoch.AddTicks(Math.Clamp(microseconds, -62_135_596_800_000_000, 253_402_300_799_000_000) * TimeSpan.TicksPerMicrosecond);
}
