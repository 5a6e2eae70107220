using System.Text;
using System.Text.Json;
using Salus.Fhir.Primitives;

namespace Salus.Records.Access;

/// <summary>Parts of stored resources that decide on access.</summary>
internal static class ContentOf
{
    /// <summary>The elements of a list; none when it is absent.</summary>
    public static IEnumerable<JsonElement> List(this JsonElement of, string name) =>
        of.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];

    /// <summary>A child, or null.</summary>
    public static JsonElement? Child(this JsonElement of, string name) => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var child) ? child : null;

    /// <summary>A text, or null.</summary>
    public static string? Text(this JsonElement of, string name) => of.Child(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    /// <summary>The relative reference below a child: <c>Patient/1</c>. Null for none.</summary>
    public static string? Reference(this JsonElement of, string name) => of.Child(name)?.Text("reference");

    /// <summary>The logical id of the patient that a child refers to, or null.</summary>
    public static string? PatientId(this JsonElement of, string name) => PersonName.Parse(of.Reference(name)) is { Type: "Patient" } patient ? patient.Id : null;

    /// <summary>Whether a time is within a period below a child; without one, always. A bound that cannot be read is taken for reached.</summary>
    /// <param name="unreadable">What counts for a period whose bounds cannot be read.</param>
    public static bool IsWithin(this JsonElement of, string name, DateTimeOffset at, bool unreadable = false)
    {
        if (of.Child(name) is not { ValueKind: JsonValueKind.Object } period)
        {
            return true;
        }

        var now = (at.UtcDateTime - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        return Bound(period, "start", now, unreadable, (bound, t) => bound.Low <= t) && Bound(period, "end", now, unreadable, (bound, t) => bound.High > t);
    }

    private static bool Bound(JsonElement period, string name, long now, bool unreadable, Func<FhirDateTime, long, bool> holds) =>
        period.Text(name) is not { } text || (FhirDateTime.TryRead(Encoding.UTF8.GetBytes(text), out var time) ? holds(time, now) : unreadable);
}
