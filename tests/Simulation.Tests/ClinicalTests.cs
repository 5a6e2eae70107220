using System.Text;
using System.Text.Json.Nodes;

namespace Salus.Simulation.Tests;

public sealed class ClinicalTests(Hospital hospital) : IClassFixture<Hospital>
{
    /// <summary>Lowest and highest value that a living patient of this hospital may show, by LOINC code.</summary>
    static readonly Dictionary<string, (decimal Low, decimal High)> Possible = new()
    {
        ["8867-4"] = (40, 195), ["9279-1"] = (8, 72), ["8480-6"] = (55, 220), ["8462-4"] = (25, 130), ["59408-5"] = (65, 100), ["8310-5"] = (34, 42),
        ["29463-7"] = (2, 180), ["8302-2"] = (42, 205), ["39156-5"] = (10, 50), ["3151-8"] = (0, 15), ["718-7"] = (4, 22), ["6690-2"] = (0.5m, 60), ["777-3"] = (15, 900),
        ["2160-0"] = (0.1m, 12), ["3094-0"] = (2, 150), ["2951-2"] = (115, 160), ["2823-3"] = (2.5m, 7), ["1963-8"] = (8, 45), ["2345-7"] = (40, 600), ["33914-3"] = (3, 150),
        ["4548-4"] = (4, 15), ["1988-5"] = (0, 450), ["33959-8"] = (0, 100), ["2524-7"] = (0.3m, 18), ["1742-6"] = (5, 2000), ["1975-2"] = (0.1m, 25), ["13457-7"] = (25, 300),
        ["2085-9"] = (20, 110), ["2571-8"] = (35, 390), ["2093-3"] = (60, 500), ["10839-9"] = (0, 50), ["42637-9"] = (5, 5000), ["3016-3"] = (0, 60), ["6301-6"] = (0.8m, 8),
        ["2744-1"] = (6.9m, 7.7m), ["2019-8"] = (20, 95), ["2703-7"] = (40, 180),
    };

    [Fact]
    public void Values_are_physiologically_possible()
    {
        var values = hospital.Named("Observation").SelectMany(found => found["component"]?.AsArray().Select(part => part!.AsObject()) ?? [found]).Where(found => found.ContainsKey("valueQuantity")).ToList();
        Assert.True(values.Count > 20_000);
        Assert.All(values, found =>
        {
            var (low, high) = Possible[Code(found)];
            Assert.InRange((decimal)found["valueQuantity"]!["value"]!, low, high);
        });
    }

    [Fact]
    public void Systolic_pressure_is_above_diastolic() => Assert.All(hospital.Named("Observation").Where(found => Code(found) == "85354-9"), found =>
        Assert.True((int)found["component"]![0]!["valueQuantity"]!["value"]! > (int)found["component"]![1]!["valueQuantity"]!["value"]! + 10));

    [Fact]
    public void Interpretations_agree_with_the_reference_ranges()
    {
        var results = hospital.Named("Observation").Where(found => found.ContainsKey("referenceRange")).ToList();
        Assert.True(results.Count > 3_000);
        Assert.All(results, found =>
        {
            var value = (decimal)found["valueQuantity"]!["value"]!;
            var range = found["referenceRange"]![0]!;
            var flag = value < (decimal?)range["low"]?["value"] ? "L" : value > (decimal?)range["high"]?["value"] ? "H" : "N";
            Assert.Equal(flag, (string)found["interpretation"]![0]!["coding"]![0]!["code"]!);
        });
    }

    [Fact]
    public void Each_patient_has_40_to_400_observations() => Assert.All(hospital.Bundles.Skip(1), bundle =>
        Assert.InRange(Hospital.Of(bundle).Count(resource => Hospital.Type(resource) == "Observation"), 40, 400));

    [Fact]
    public void No_bed_holds_two_patients_now()
    {
        var beds = Current().Select(stay => (string)stay["location"]!.AsArray()[^1]!["location"]!["reference"]!).ToList();
        Assert.InRange(beds.Count, 65, 80);
        Assert.Equal(beds.Count, beds.Distinct().Count());
        var occupied = hospital.Named("Location").Where(place => (string?)place["operationalStatus"]?["code"] == "O").Select(place => "Location/" + Hospital.Id(place));
        Assert.Equal(occupied.Order(), beds.Order());
    }

    [Fact]
    public void A_patient_is_in_one_place_at_a_time() => Assert.All(hospital.Bundles.Skip(1), bundle =>
    {
        var stays = Hospital.Of(bundle).Where(resource => Hospital.Type(resource) == "Encounter").Select(stay => Span(stay["period"]!)).OrderBy(span => span.Start).ToList();
        Assert.All(stays.Zip(stays.Skip(1)), pair => Assert.True(pair.First.End <= pair.Second.Start, $"{pair}"));
    });

    [Fact]
    public void Periods_are_ordered_and_nothing_is_dated_after_the_present()
    {
        foreach (var resource in hospital.Resources)
        {
            foreach (var (name, node) in Hospital.Walk(resource))
            {
                if (name is "period" or "performedPeriod" && node is JsonObject && node["start"] is not null) Assert.True(Span(node).Start <= Span(node).End, Hospital.Id(resource));
                if (IsMoment(node, out var text))
                    Assert.True(Hospital.Moment(node) <= Hospital.Until, $"{Hospital.Id(resource)}.{name}: {text}");
            }
        }
    }

    [Fact]
    public void Nothing_happens_before_birth_or_after_death() => Assert.All(hospital.Bundles.Skip(1), bundle =>
    {
        var patient = Hospital.Of(bundle).First();
        var born = Hospital.Moment((string)patient["birthDate"]! + "T00:00:00+01:00");
        var died = patient["deceasedDateTime"] is { } death ? Hospital.Moment(death) : Hospital.Until;
        foreach (var (name, node) in Hospital.Of(bundle).SelectMany(resource => Hospital.Walk(resource)))
            if (IsMoment(node, out var text))
                Assert.True(Hospital.Moment(text) >= born && Hospital.Moment(text) <= died, $"{Hospital.Id(patient)} {name} {text}");
    });

    [Fact]
    public void Measurements_lie_within_their_encounter()
    {
        var spans = hospital.Named("Encounter").ToDictionary(stay => "Encounter/" + Hospital.Id(stay), stay => Span(stay["period"]!));
        Assert.All(hospital.Named("Observation"), found =>
        {
            var (start, end) = spans[(string)found["encounter"]!["reference"]!];
            Assert.InRange(Hospital.Moment(found["effectiveDateTime"]), start, end);
        });
    }

    [Fact]
    public void Abatement_comes_after_onset_and_only_when_resolved() => Assert.All(hospital.Named("Condition"), problem =>
    {
        var status = (string)problem["clinicalStatus"]!["coding"]![0]!["code"]!;
        Assert.Equal(status == "resolved", problem.ContainsKey("abatementDateTime"));
        if (problem["abatementDateTime"] is { } end) Assert.True(Hospital.Moment(problem["onsetDateTime"]) <= Hospital.Moment(end));
    });

    [Fact]
    public void No_penicillin_is_ordered_for_who_is_allergic_to_it() => Assert.All(hospital.Bundles.Skip(1), bundle =>
    {
        if (!bundle.ToJsonString().Contains("Allergy to penicillin", StringComparison.Ordinal)) return;
        Assert.DoesNotContain(Hospital.Of(bundle).Where(resource => Hospital.Type(resource) == "MedicationRequest"),
            order => ((string)order["medicationCodeableConcept"]!["text"]!).Contains("cillin", StringComparison.Ordinal));
    });

    [Fact]
    public void Diabetics_improve_on_therapy()
    {
        var series = hospital.Named("Observation").Where(found => Code(found) == "4548-4").GroupBy(found => (string)found["subject"]!["reference"]!)
            .Select(group => group.OrderBy(found => Hospital.Moment(found["effectiveDateTime"])).Select(found => (decimal)found["valueQuantity"]!["value"]!).ToList()).Where(values => values.Count > 3).ToList();
        Assert.NotEmpty(series);
        Assert.All(series, values => Assert.True(values[^1] < values[0]));
    }

    [Fact]
    public void Some_inpatients_get_worse_and_some_better()
    {
        var byStay = hospital.Named("Observation").Where(found => Code(found) == "9279-1").ToLookup(found => (string)found["encounter"]!["reference"]!, found => (int)found["valueQuantity"]!["value"]!);
        var rates = Current().Select(stay => byStay["Encounter/" + Hospital.Id(stay)].ToList()).Where(values => values.Count > 12).ToList();
        Assert.Contains(rates, values => values[^1] - values[^10] >= 4);
        Assert.Contains(rates, values => values[^1] - values[^10] <= -4);
    }

    [Fact]
    public void Notes_are_readable_text()
    {
        var notes = hospital.Named("DocumentReference").Select(note => Encoding.UTF8.GetString(Convert.FromBase64String((string)note["content"]![0]!["attachment"]!["data"]!))).ToList();
        Assert.All(notes, note => Assert.InRange(note.Length, 80, 4_000));
        Assert.Contains(notes, note => note.StartsWith("Discharge summary", StringComparison.Ordinal));
        Assert.Contains(notes, note => note.StartsWith("Ward note", StringComparison.Ordinal));
    }

    [Fact]
    public void Names_include_other_scripts_and_very_long_ones()
    {
        var names = hospital.Named("Patient").Select(patient => (string)patient["name"]![0]!["text"]!).ToList();
        Assert.Contains(names, name => name.Any(letter => letter is >= '\u0600' and <= '\u06FF'));
        Assert.Contains(names, name => name.Length > 90);
        Assert.Contains(names, name => name.Contains('ü'));
    }

    IEnumerable<JsonObject> Current() => hospital.Named("Encounter").Where(stay => (string)stay["status"]! == "in-progress");

    static bool IsMoment(JsonNode node, out string text)
    {
        text = node is JsonValue value && value.TryGetValue<string>(out var found) ? found : "";
        return text.Length == 25 && text[10] == 'T' && text[13] == ':';
    }

    static string Code(JsonObject found) => (string)found["code"]!["coding"]![0]!["code"]!;

    static (DateTimeOffset Start, DateTimeOffset End) Span(JsonNode period) => (Hospital.Moment(period["start"]), period["end"] is { } end ? Hospital.Moment(end) : Hospital.Until);
}
