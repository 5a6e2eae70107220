using System.Globalization;
using Microsoft.AspNetCore.Http;
using Salus.Kernel;

namespace Salus.Monitoring.Alerts;

/// <summary>What is asked of the list of alerts.</summary>
/// <param name="Patient">Of one patient; null for all whom the caller may see.</param>
/// <param name="Ward">Of those who lie at a ward, by the logical id of its Location; null for wherever they are.</param>
/// <param name="Open">Only those that have not ended.</param>
internal sealed record AlertQuery(string? Patient, string? Ward, bool Open, DateTimeOffset From, DateTimeOffset To, int Count)
{
    private static readonly string[] Known = ["patient", "ward", "status", "from", "to", "count"];

    /// <summary>Reads <c>patient</c> or <c>ward</c>, <c>status</c> (open, all), <c>from</c>, <c>to</c> and <c>count</c>; Invalid names what is wrong or not known.</summary>
    /// <param name="look">How far it looks back where nothing is said; open ones are found whenever they were raised.</param>
    public static Outcome<AlertQuery> Read(IQueryCollection query, DateTimeOffset now, TimeSpan look, int count, int most)
    {
        var problems = query.Keys.Where(k => !Known.Contains(k)).Select(k => new Problem("not-supported", $"There is no parameter '{k}'. There are {string.Join(", ", Known)}.", k)).ToList();
        var status = query["status"].ToString();
        var open = status is "" or "open";
        if (!open && status != "all")
        {
            problems.Add(new Problem("value", $"'{status}' is neither open nor all.", "status"));
        }

        var from = Time(query, "from", open ? DateTimeOffset.UnixEpoch : now - look, problems);
        var to = Time(query, "to", now.AddMinutes(1), problems);
        var asked = query["count"].ToString();
        if (asked.Length > 0 && (!int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out count) || count < 1 || count > most))
        {
            problems.Add(new Problem("value", $"From 1 to {most}.", "count"));
        }

        var patient = query["patient"].ToString();
        patient = patient.StartsWith("Patient/", StringComparison.Ordinal) ? patient["Patient/".Length..] : patient;
        var ward = query["ward"].ToString();
        if (patient.Length > 0 && ward.Length > 0)
        {
            problems.Add(new Problem("value", "Ask for a patient or for a ward.", "ward"));
        }

        return problems.Count > 0
            ? new Failure(FailureKind.Invalid, problems)
            : new AlertQuery(patient.Length > 0 ? patient : null, ward.Length > 0 ? ward : null, open, from, to, count);
    }

    /// <summary>Only <c>from</c> and <c>to</c>.</summary>
    public static Outcome<(DateTimeOffset From, DateTimeOffset To)> Times(IQueryCollection query, DateTimeOffset now, TimeSpan look)
    {
        var problems = query.Keys.Where(k => k is not ("from" or "to")).Select(k => new Problem("not-supported", $"There is no parameter '{k}'. There are from and to.", k)).ToList();
        var (from, to) = (Time(query, "from", now - look, problems), Time(query, "to", now, problems));
        if (from >= to)
        {
            problems.Add(new Problem("value", "It has to be before 'to'.", "from"));
        }

        return problems.Count > 0 ? new Failure(FailureKind.Invalid, problems) : (from, to);
    }

    private static DateTimeOffset Time(IQueryCollection query, string name, DateTimeOffset otherwise, List<Problem> problems)
    {
        var text = query[name].ToString();
        if (text.Length == 0)
        {
            return otherwise;
        }

        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at))
        {
            return at;
        }

        problems.Add(new Problem("value", $"'{text}' is no time such as 2026-01-31T08:00:00Z.", name));
        return otherwise;
    }
}
