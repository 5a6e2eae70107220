using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Salus.Access.Jose;
using Salus.Kernel;

namespace Salus.Access.Audit;

/// <summary>What is looked for in the trail; newest first.</summary>
internal sealed record AuditQuery
{
    public const int MostCount = 1000;

    private const string Plain = "text without the sign U+0000";
    private const string Moment = "a day such as 2026-03-01, which counts as a whole in UTC, or a time such as 2026-03-01T08:00:00Z, with a '+' written %2B";

    /// <summary>All parameters.</summary>
    public static readonly IReadOnlyList<string> Names = ["actor", "patient", "from", "to", "kind", "type", "id", "outcome", "text", "count", "cursor"];

    /// <summary>Those of a search in one's own record.</summary>
    public static readonly IReadOnlyList<string> OwnNames = ["from", "to", "count", "cursor"];

    private static readonly string[] Times = ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>The stable name of who acted: <c>user/…</c>.</summary>
    public string? Actor { get; init; }

    /// <summary>A part of the name of who acted.</summary>
    public string? ActorName { get; init; }

    /// <summary>The logical id.</summary>
    public string? Patient { get; init; }

    public DateTimeOffset? From { get; init; }

    /// <summary>Up to but without.</summary>
    public DateTimeOffset? To { get; init; }

    public AuditKind? Kind { get; init; }

    public AuditOutcome? Outcome { get; init; }

    public string? Type { get; init; }

    public string? Id { get; init; }

    /// <summary>Stands somewhere in name, query, detail or purpose.</summary>
    public string? Text { get; init; }

    public int Count { get; init; } = 50;

    /// <summary>The last entry of the page before.</summary>
    public (DateTime At, Guid Id)? After { get; init; }

    /// <summary>A page's end as text.</summary>
    public static string Cursor(AuditRow last) => StrictBase64Url.Encode(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{last.At.Ticks} {last.Id:N}")));

    /// <summary>Fails with the name of the field that cannot be read, the reason, and what it takes.</summary>
    /// <param name="names">The parameters that there are.</param>
    public static Outcome<AuditQuery> Parse(IQueryCollection asked, IReadOnlyList<string> names)
    {
        Failure? wrong = Unknown(asked, names);
        T? Read<T>(string name, Func<string, T?> read, string expected)
        {
            if (asked[name].ToString() is not { Length: > 0 } text)
            {
                return default;
            }

            var value = text.Contains('\0', StringComparison.Ordinal) ? default : read(text);
            wrong ??= value is null ? Wrong(name, $"{name} is '{Shown(text)}'; it takes {expected}.") : null;
            return value;
        }

        var actor = Read("actor", Named, $"the id of an account, or a part of the name of a person or app: {Plain}");
        var query = new AuditQuery
        {
            Actor = actor?.Id,
            ActorName = actor?.Name,
            Patient = Read("patient", PatientId, "the id of a patient as 1 or Patient/1: 1 to 64 letters, digits, '-' and '.'"),
            From = Read("from", t => Time(t)?.From, Moment),
            To = Read("to", t => Time(t)?.To, Moment),
            Kind = Read("kind", Word<AuditKind>, $"one of {string.Join(", ", Enum.GetNames<AuditKind>())}"),
            Outcome = Read("outcome", Word<AuditOutcome>, $"one of {string.Join(", ", Enum.GetNames<AuditOutcome>())}"),
            Type = Read("type", t => t, Plain),
            Id = Read("id", t => t, Plain),
            Text = Read("text", t => t, Plain),
            Count = Read("count", t => int.TryParse(t, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n is > 0 and <= MostCount ? n : (int?)null, $"a number from 1 to {MostCount}") ?? 50,
            After = Read("cursor", Place, "what 'next' of the page before says, as it is"),
        };
        return wrong is null ? query : wrong;
    }

    // One that was read over would find what nobody asked for.
    private static Failure? Unknown(IQueryCollection asked, IReadOnlyList<string> names)
    {
        var unknown = asked.Keys.Where(k => !names.Contains(k)).ToList();
        return unknown.Count > 0 ? Wrong(unknown[0], $"There is no parameter {string.Join(" and no ", unknown.Select(u => $"'{Shown(u)}'"))} here. Known are {string.Join(", ", names)}; leave the rest out.")
            : names.FirstOrDefault(n => asked[n].Count > 1) is { } twice ? Wrong(twice, $"{twice} stands there {asked[twice].Count} times; give it once.")
            : null;
    }

    private static Failure Wrong(string field, string message) => new(FailureKind.Unprocessable, "value", message, field);

    private static string Shown(string text) => text.Length <= 100 ? text : text[..100] + "…";

    // An account by its id, alone or as the trail writes it; what has a slash is such a stable name too.
    private static (string? Id, string? Name)? Named(string text) =>
        Guid.TryParse(text.StartsWith("user/", StringComparison.Ordinal) ? text["user/".Length..] : text, out var account) ? ($"user/{account:N}", null)
        : text.Contains('/', StringComparison.Ordinal) ? (text, null)
        : (null, text);

    private static string? PatientId(string text)
    {
        var id = text.StartsWith("Patient/", StringComparison.Ordinal) ? text["Patient/".Length..] : text;
        return FhirIds.IsId(id) ? id : null;
    }

    private static T? Word<T>(string text)
        where T : struct, Enum => !char.IsAsciiDigit(text[0]) && Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) ? value : null;

    // A day from its begin to the begin of the next; a moment is both.
    private static (DateTimeOffset From, DateTimeOffset To)? Time(string text)
    {
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            var begin = new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
            return day == DateOnly.MaxValue ? null : (begin, begin.AddDays(1));
        }

        return DateTimeOffset.TryParseExact(text, Times, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? (time.ToUniversalTime(), time.ToUniversalTime()) : null;
    }

    private static (DateTime At, Guid Id)? Place(string text) =>
        text.Length <= 200 && StrictBase64Url.Decode(text) is { } bytes
        && Encoding.ASCII.GetString(bytes).Split(' ') is [var ticks, var id]
        && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at <= DateTime.MaxValue.Ticks && Guid.TryParseExact(id, "N", out var last)
        ? (new DateTime(at, DateTimeKind.Utc), last) : null;
}
