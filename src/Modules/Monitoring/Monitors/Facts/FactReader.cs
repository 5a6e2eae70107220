using System.Globalization;
using System.Text.Json;
using Salus.Fhir.Json;
using Salus.Kernel;

namespace Salus.Monitoring.Monitors.Facts;

/// <summary>What a resource says that scores use. Reads JSON that the record has checked.</summary>
internal static class FactReader
{
    /// <summary>System and code of the Flag by which a clinician asks for SpO2 scale 2.</summary>
    public const string FlagSystem = "urn:salus:monitoring";
    public const string SecondScale = "spo2-scale-2";

    private const string PregnancyStatus = "82810-3";
    // SNOMED CT and LOINC answers of the pregnancy status.
    private static readonly string[] Pregnant = ["77386006", "LA15173-0"];

    /// <summary>Types that are read.</summary>
    public static bool Reads(string type) => type is "Patient" or "Observation" or "Flag" or "Encounter";

    /// <summary>The fact; null when there is none.</summary>
    public static Fact? Read(FeedEvent change)
    {
        if (change.Body.IsEmpty)
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(change.Body, new JsonDocumentOptions { MaxDepth = ResourceReader.MaxDepth });
            return change.ResourceType switch
            {
                "Patient" => BirthDate(json.RootElement) is { } born ? Of(change, change.Id, FactKind.BirthDate, born.DayNumber, change.At) : null,
                "Flag" => Flag(change, json.RootElement),
                "Observation" => Observation(change, json.RootElement),
                "Encounter" => Stay(change, json.RootElement),
                _ => null,
            };
        }
        catch (Exception e) when (e is InvalidOperationException or JsonException)
        {
            // Validation can be off: then a code may be a number. The feed has to go on.
            return null;
        }
    }

    private static Fact Of(FeedEvent change, string patient, FactKind kind, int value, DateTimeOffset at) => new(change.Tenant, $"{change.ResourceType}/{change.Id}", patient, kind, value, at);

    // A year or month alone: its first day, so that nobody is taken for younger than they may be.
    private static DateOnly? BirthDate(JsonElement patient) =>
        DateOnly.TryParseExact(Text(patient, "birthDate"), ["yyyy-MM-dd", "yyyy-MM", "yyyy"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;

    private static Fact? Flag(FeedEvent change, JsonElement flag) =>
        Text(flag, "status") == "active" && Subject(flag) is { } patient && Codings(flag, "code").Any(c => Text(c, "system") == FlagSystem && Text(c, "code") == SecondScale)
            && !(flag.TryGetProperty("period", out var period) && Time(Text(period, "end")) < change.At)
            ? Of(change, patient, FactKind.SecondScale, 2, change.At) : null;

    // Of patients who lie in hospital: the end of a visit to an out-patient clinic says nothing of who is on a device.
    private static Fact? Stay(FeedEvent change, JsonElement encounter)
    {
        if (Subject(encounter) is not { } patient || !encounter.TryGetProperty("class", out var kind) || Text(kind, "code") is not ("IMP" or "ACUTE" or "NONAC" or "OBSENC" or "EMER" or "SS"))
        {
            return null;
        }

        var (start, end) = encounter.TryGetProperty("period", out var period) ? (Time(Text(period, "start")), Time(Text(period, "end"))) : (null, null);
        return Text(encounter, "status") switch
        {
            "arrived" or "triaged" or "in-progress" or "onleave" => Of(change, patient, FactKind.Stay, 1, start ?? change.At),
            "finished" => Of(change, patient, FactKind.Stay, 0, end ?? change.At),
            _ => null,
        };
    }

    private static Fact? Observation(FeedEvent change, JsonElement observation)
    {
        if (Text(observation, "status") is not ("final" or "amended" or "corrected" or "preliminary") || Subject(observation) is not { } patient || When(observation) is not { } at)
        {
            return null;
        }

        foreach (var coding in Codings(observation, "code").Where(c => Text(c, "system") == "http://loinc.org"))
        {
            var code = Text(coding, "code");
            if (code == PregnancyStatus)
            {
                return Of(change, patient, FactKind.Pregnancy, Codings(observation, "valueCodeableConcept").Any(c => Pregnant.Contains(Text(c, "code"))) ? 1 : 0, at);
            }

            if (code is not null && LabCodes.Find(code) is { } lab)
            {
                return observation.TryGetProperty("valueQuantity", out var quantity) && quantity.TryGetProperty("value", out var number) && number.TryGetDecimal(out var amount)
                    && LabCodes.Thousandths(lab, amount, Text(quantity, "code") ?? Text(quantity, "unit")) is { } value
                    ? Of(change, patient, FactKind.Lab + (short)lab, value, at) : null;
            }
        }

        return null;
    }

    private static DateTimeOffset? When(JsonElement observation) =>
        Time(Text(observation, "effectiveDateTime") ?? Text(observation, "effectiveInstant") ?? (observation.TryGetProperty("effectivePeriod", out var period) ? Text(period, "end") ?? Text(period, "start") : null));

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;

    private static string? Subject(JsonElement resource) =>
        resource.TryGetProperty("subject", out var subject) && Text(subject, "reference") is { } reference && reference.StartsWith("Patient/", StringComparison.Ordinal)
            ? reference.Split('/')[1] : null;

    private static JsonElement[] Codings(JsonElement resource, string concept) =>
        resource.TryGetProperty(concept, out var found) && found.TryGetProperty("coding", out var codings) ? [.. codings.EnumerateArray()] : [];

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}
