using System.Globalization;
using Microsoft.AspNetCore.Http;
using Salus.Kernel;
using Salus.Monitoring.Metrics;
using Salus.Monitoring.Storage;

namespace Salus.Monitoring.History;

/// <summary>What is asked of a patient's samples.</summary>
/// <param name="From">The first time, milliseconds since 1970 UTC.</param>
/// <param name="To">The first time that is too late.</param>
/// <param name="Kind">The aggregates that are asked for; null for the samples themselves.</param>
internal sealed record HistoryQuestion(Metric Metric, long From, long To, TableKind? Kind)
{
    // What a chart can show, and more than it can.
    private const int UsualPoints = 5000;

    /// <summary>Reads the query; every refusal names its parameter.</summary>
    /// <param name="now">The time that it ends at when it does not say.</param>
    public static Outcome<HistoryQuestion> Parse(IQueryCollection query, DateTimeOffset now)
    {
        var name = query["metric"].ToString();
        if (MetricSet.Default.Find(name) is not { } metric)
        {
            return Wrong("metric", name.Length == 0
                ? "It says what to read: a short name such as heart-rate, or a LOINC or IEEE 11073 code."
                : $"'{Short(name)}' is not a metric that is measured here. Take one of: {string.Join(", ", MetricSet.Default.All.Select(m => m.Name))}.");
        }

        var to = Time(query, "to", now.ToUnixTimeMilliseconds() + 1);
        if (to.Failed(out var wrong))
        {
            return wrong;
        }

        var from = Time(query, "from", to.Value - UnixTime.Day);
        if (from.Failed(out wrong))
        {
            return wrong;
        }

        if (from.Value >= to.Value)
        {
            return Wrong("from", "It is not before 'to'. Without 'to' the time ends now, without 'from' it begins 24 hours before its end.");
        }

        var kind = Resolution(query, to.Value - from.Value);
        return kind.Failed(out wrong) ? wrong : new HistoryQuestion(metric, from.Value, to.Value, kind.Value.Kind);
    }

    private static Outcome<(TableKind? Kind, bool _)> Resolution(IQueryCollection query, long length)
    {
        var points = UsualPoints;
        if (query.TryGetValue("points", out var text) && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out points) || points < 1))
        {
            return Wrong("points", $"'{Short(text.ToString())}' is not a number from 1 on: about how many points there may be with resolution=auto.");
        }

        return query["resolution"].ToString() switch
        {
            "raw" => (null, true),
            "minute" => (TableKind.Minute, true),
            "hour" => (TableKind.Hour, true),
            // The finest that is not more: devices send a value a second, or fewer.
            "" or "auto" => (length / 1000 <= points ? null : length / UnixTime.Minute <= points ? TableKind.Minute : TableKind.Hour, true),
            var other => Wrong("resolution", $"'{Short(other)}' is none of raw, minute, hour, auto."),
        };
    }

    /// <summary>A time of the query, milliseconds since 1970 UTC.</summary>
    public static Outcome<long> Time(IQueryCollection query, string name, long otherwise)
    {
        var text = query[name].ToString();
        if (text.Length == 0)
        {
            return otherwise;
        }

        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var time))
        {
            // A '+' of a time zone that was not escaped comes as a space.
            var given = text.Replace(' ', '+');
            var zoned = given.EndsWith('Z') || given.LastIndexOfAny(['+', '-']) > given.IndexOf('T', StringComparison.Ordinal);
            if (!zoned || !given.Contains('T', StringComparison.Ordinal) || !DateTimeOffset.TryParse(given, CultureInfo.InvariantCulture, DateTimeStyles.None, out var parsed))
            {
                return Wrong(name, $"'{Short(text)}' is not a time. Write it with its zone, as 2030-01-01T10:00:00Z, or as milliseconds since 1970 UTC.");
            }

            time = parsed.ToUnixTimeMilliseconds();
        }

        return time is >= 0 and < UnixTime.End ? time : Wrong(name, $"'{Short(text)}' is not between the years 1970 and 9999.");
    }

    public static Failure Wrong(string name, string message) => new(FailureKind.Invalid, "value", message, name);

    public static string Short(string text) => text.Length <= 64 ? text : text[..64] + "…";
}
