using System.Text.Json;

namespace Salus.Records.Import;

/// <summary>One entry of a response bundle.</summary>
/// <param name="Type">Of the stored resource; null when there is no location.</param>
/// <param name="Reason">Why it was refused; null when it was not.</param>
internal readonly record struct EntryAnswer(int Status, string? Type, string? Id, string? Reason);

/// <summary>Reads what a FHIR server answers to a bundle.</summary>
internal static class BundleAnswer
{
    private const int MaxIssues = 5;

    /// <summary>The entries of a response bundle, or null when the body is none.</summary>
    public static IReadOnlyList<EntryAnswer>? Entries(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("resourceType", out var type) || type.GetString() != "Bundle")
            {
                return null;
            }

            return json.RootElement.TryGetProperty("entry", out var entries) ? [.. entries.EnumerateArray().Select(e => Read(e.GetProperty("response")))] : [];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The messages of an OperationOutcome, and whether one of them says that a reference leads nowhere.</summary>
    public static (string Reason, bool Unresolved) Refusal(TargetAnswer answer)
    {
        try
        {
            using var json = JsonDocument.Parse(answer.Body);
            return (Reason(json.RootElement), json.RootElement.GetProperty("issue").EnumerateArray().Any(i => i.GetProperty("code").GetString() == "not-found"));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return (answer.Message ?? $"The server answered with {answer.Status} and no reason.", false);
        }
    }

    /// <summary>The total of a searchset; null when the body has none.</summary>
    public static long? Total(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.GetProperty("total").GetInt64();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary><c>meta.lastUpdated</c> of each result of a searchset.</summary>
    public static IReadOnlyList<string> Stamps(ReadOnlyMemory<byte> body)
    {
        using var json = JsonDocument.Parse(body);
        return json.RootElement.TryGetProperty("entry", out var entries)
            ? [.. entries.EnumerateArray().Select(e => e.GetProperty("resource").GetProperty("meta").GetProperty("lastUpdated").GetString()!).Distinct(StringComparer.Ordinal)]
            : [];
    }

    private static EntryAnswer Read(JsonElement response)
    {
        var text = response.GetProperty("status").GetString()!;
        var status = int.Parse(text.AsSpan(0, 3), System.Globalization.CultureInfo.InvariantCulture);
        var segments = response.TryGetProperty("location", out var location) ? location.GetString()!.Split('/') : [];
        var history = Array.IndexOf(segments, "_history");
        var (type, id) = history >= 2 ? (segments[history - 2], segments[history - 1]) : segments.Length >= 2 ? (segments[^2], segments[^1]) : (null, null);
        var reason = status < 400 ? null : response.TryGetProperty("outcome", out var outcome) ? Reason(outcome) : $"The server answered with {text} and no reason.";
        return new EntryAnswer(status, type, id, reason);
    }

    private static string Reason(JsonElement outcome)
    {
        var issues = outcome.GetProperty("issue").EnumerateArray().Select(Message).ToList();
        var more = issues.Count > MaxIssues ? $"; and {issues.Count - MaxIssues} more" : "";
        return string.Join("; ", issues.Take(MaxIssues)) + more;
    }

    private static string Message(JsonElement issue)
    {
        var text = issue.TryGetProperty("diagnostics", out var diagnostics) ? diagnostics.GetString()!
            : issue.TryGetProperty("details", out var details) && details.TryGetProperty("text", out var words) ? words.GetString()! : issue.GetProperty("code").GetString()!;
        // Salus says the place in its words already; other servers say it beside them.
        return issue.TryGetProperty("expression", out var places) && places.GetArrayLength() > 0 && places[0].GetString() is { } place && !text.Contains(place, StringComparison.Ordinal)
            ? $"{place}: {text}"
            : text;
    }
}
