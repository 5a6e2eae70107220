using System.Globalization;
using System.Text.Json;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Search;
using Xunit.Abstractions;

namespace Salus.Fhir.Tests.Search;

/// <summary>Compares the values of some parameters with what a walk by hand over the JSON finds.</summary>
public class ExtractionOracleTests(ITestOutputHelper output)
{
    private static readonly Dictionary<(string Type, string Code), Func<JsonElement, IEnumerable<string>>> ByHand = new()
    {
        [("Patient", "name")] = p => Many(p, "name").SelectMany(n => Texts(n, "family", "given", "prefix", "suffix", "text")),
        [("Patient", "family")] = p => Many(p, "name").SelectMany(n => Texts(n, "family")),
        [("Patient", "birthdate")] = p => Texts(p, "birthDate").Select(Span),
        [("Patient", "gender")] = p => Texts(p, "gender").Select(g => "http://hl7.org/fhir/administrative-gender|" + g),
        [("Patient", "address-city")] = p => Many(p, "address").SelectMany(a => Texts(a, "city")),
        [("Patient", "identifier")] = p => Many(p, "identifier").SelectMany(i => Pair(i, "system", "value")),
        [("Observation", "code")] = o => Concepts(o, "code"),
        [("Observation", "category")] = o => Concepts(o, "category"),
        [("Observation", "date")] = o => Texts(o, "effectiveDateTime", "effectiveInstant").Select(Span).Concat(Many(o, "effectivePeriod").Select(Period)),
        [("Observation", "value-quantity")] = o => Many(o, "valueQuantity").SelectMany(Quantity),
        [("Observation", "combo-value-quantity")] = o =>
            Many(o, "valueQuantity").Concat(Many(o, "component").SelectMany(c => Many(c, "valueQuantity"))).SelectMany(Quantity),
        [("Observation", "value-concept")] = o => Concepts(o, "valueCodeableConcept"),
        [("Observation", "subject")] = o => References(o, "subject"),
        [("Observation", "encounter")] = o => References(o, "encounter"),
        [("Encounter", "status")] = e => Texts(e, "status").Select(s => "http://hl7.org/fhir/encounter-status|" + s),
        [("Encounter", "class")] = e => Many(e, "class").SelectMany(c => Pair(c, "system", "code")),
        [("Encounter", "type")] = e => Concepts(e, "type"),
        [("Encounter", "date")] = e => Many(e, "period").Select(Period),
        [("Encounter", "participant")] = e => Many(e, "participant").SelectMany(p => References(p, "individual")),
        [("Encounter", "service-provider")] = e => References(e, "serviceProvider"),
        [("Condition", "onset-date")] = c => Texts(c, "onsetDateTime").Select(Span).Concat(Many(c, "onsetPeriod").Select(Period)),
        [("Condition", "code")] = c => Concepts(c, "code"),
        [("Immunization", "vaccine-code")] = i => Concepts(i, "vaccineCode"),
        [("MedicationRequest", "code")] = m => Concepts(m, "medicationCodeableConcept"),
        [("Claim", "provider")] = c => References(c, "provider"),
    };

    [Fact]
    public void Synthea_values_equal_those_found_by_hand() => Compare(SampleResources.Synthea(15), "Synthea");

    [Fact]
    public void MIMIC_values_equal_those_found_by_hand() => Compare(SampleResources.Mimic(200), "MIMIC");

    private void Compare(IEnumerable<(string Name, byte[] Utf8)> resources, string what)
    {
        var values = new SearchValues();
        var compared = 0;
        foreach (var (name, utf8) in resources)
        {
            Assert.True(ResourceReader.TryRead(utf8, FhirDefinitions.R4, out var document, out _), name);
            using var json = JsonDocument.Parse(utf8);
            values.Clear();
            Extraction.Extractor.Extract(document.Root, values);
            foreach (var ((type, code), byHand) in ByHand)
            {
                if (type == document.Type.Name)
                {
                    Assert.Equal(string.Join("; ", byHand(json.RootElement).Distinct().Order(StringComparer.Ordinal)), Extraction.Of(values, code));
                    compared++;
                }
            }
        }

        output.WriteLine(compared == 0 ? $"Skipped: no {what} data." : $"{what}: {compared} parameters of resources compared");
    }

    private static List<JsonElement> Many(JsonElement parent, string name) =>
        !parent.TryGetProperty(name, out var found) ? [] : found.ValueKind == JsonValueKind.Array ? found.EnumerateArray().ToList() : [found];

    private static IEnumerable<string> Texts(JsonElement parent, params string[] names) => names.SelectMany(n => Many(parent, n)).Select(e => e.GetString()!);

    private static IEnumerable<string> Pair(JsonElement element, string system, string code) =>
        Texts(element, code).Select(c => Texts(element, system).FirstOrDefault() + "|" + c);

    private static IEnumerable<string> Concepts(JsonElement parent, string name) =>
        Many(parent, name).SelectMany(c => Many(c, "coding")).SelectMany(c => Pair(c, "system", "code"));

    private static IEnumerable<string> References(JsonElement parent, string name) =>
        Many(parent, name).SelectMany(r => Texts(r, "reference")).Where(r => !r.StartsWith('#'));

    private static IEnumerable<string> Quantity(JsonElement quantity) =>
        Many(quantity, "value").Select(v =>
            $"{v.GetDecimal().ToString(CultureInfo.InvariantCulture)}|{Texts(quantity, "system").FirstOrDefault()}|{Texts(quantity, "code").FirstOrDefault()}|{Texts(quantity, "unit").FirstOrDefault()}");

    private static string Period(JsonElement period)
    {
        var start = Texts(period, "start").Select(Span).FirstOrDefault()?.Split("..")[0] ?? "*";
        var end = Texts(period, "end").Select(Span).FirstOrDefault()?.Split("..")[1] ?? "*";
        return start + ".." + end;
    }

    // The framework's own reading of dates stands against ours.
    private static string Span(string text)
    {
        var low = DateTimeOffset.Parse(
            text.Length == 4 ? text + "-01-01" : text.Length == 7 ? text + "-01" : text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
        var high = text.Length switch
        {
            4 => low.AddYears(1),
            7 => low.AddMonths(1),
            10 => low.AddDays(1),
            _ when text.Contains('.', StringComparison.Ordinal) => low.AddMilliseconds(1),
            _ => low.AddSeconds(1),
        };
        return Text(low) + ".." + Text(high);
    }

    private static string Text(DateTimeOffset time) =>
        time.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture).Replace("T00:00:00", "", StringComparison.Ordinal);
}
