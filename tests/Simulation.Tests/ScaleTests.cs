using System.Text;
using System.Text.Json.Nodes;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Validation;

namespace Salus.Simulation.Tests;

public sealed class ScaleTests
{
    const int Many = 20_000;
    static readonly byte[] Stream = Lines(0, Many);

    [Fact]
    public void The_same_seed_gives_the_same_bytes() => Assert.Equal(Stream, Lines(0, Many));

    [Fact]
    public void Another_seed_gives_another_record() => Assert.NotEqual(Lines(0, 500), Lines(0, 500, seed: 2));

    [Theory]
    [InlineData(1)]
    [InlineData(41)]
    [InlineData(7_777)]
    public void A_greater_record_begins_with_the_smaller_one(int count)
    {
        var small = Lines(0, count);
        Assert.Equal(small, Stream[..small.Length]);
        Assert.Equal(count, small.Count(b => b == '\n'));
    }

    [Theory]
    [InlineData(0, 41)]
    [InlineData(20, 300)]
    [InlineData(41, 1)]
    [InlineData(1_234, 5_000)]
    [InlineData(500, 0)]
    public void Any_part_is_what_stands_there_in_the_whole(int first, int count) => Assert.Equal(Lines(0, first + count), Lines(0, first).Concat(Lines(first, count)));

    [Fact]
    public void Every_resource_has_the_structure_of_R4()
    {
        var validator = new StructureValidator(FhirDefinitions.R4);
        foreach (var line in Encoding.UTF8.GetString(Stream).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.True(ResourceReader.TryRead(Encoding.UTF8.GetBytes(line), FhirDefinitions.R4, out var document, out var issue), $"{issue?.Message}: {line}");
            var issues = validator.Validate(document);
            Assert.True(issues.Count == 0, $"{string.Join("; ", issues)}: {line}");
        }
    }

    [Fact]
    public void References_lead_to_a_resource_of_that_type_that_came_before()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var references = 0;
        foreach (var resource in Resources())
        {
            var own = $"{Hospital.Type(resource)}/{Hospital.Id(resource)}";
            foreach (var (_, node) in Hospital.Walk(resource).Where(found => found.Name == "reference"))
            {
                Assert.True(seen.Contains((string)node!), $"{own} refers to {(string)node!}, which did not come before");
                references++;
            }

            Assert.True(seen.Add(own), own);
        }

        Assert.True(references > 2 * Many);
    }

    [Fact]
    public void About_seven_of_ten_are_observations()
    {
        var types = Resources().Select(Hospital.Type).ToList();
        Assert.InRange(types.Count(t => t == "Observation"), 0.65 * Many, 0.75 * Many);
        Assert.Superset(new HashSet<string> { "Patient", "Encounter", "Condition", "MedicationRequest", "Procedure", "DiagnosticReport", "Immunization", "AllergyIntolerance" }, types.ToHashSet());
    }

    [Fact]
    public void Ids_ascend_with_the_position()
    {
        var ids = Resources().Select(Hospital.Id).ToList();
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        Assert.Equal(ids[777], new ScaleRecord().Id(777));
        Assert.All(ids, id => Assert.True(Guid.TryParseExact(id, "D", out var guid) && guid.Version == 7, id));
    }

    [Fact]
    public void Patients_are_listed_as_they_are_written()
    {
        var all = Resources();
        var patients = all.Where(r => Hospital.Type(r) == "Patient").ToDictionary(Hospital.Id);
        var codes = all.Where(r => Hospital.Type(r) == "Observation").ToLookup(r => (string)r["subject"]!["reference"]!, r => (string)r["code"]!["coding"]![0]!["code"]!);
        var listed = new ScaleRecord().Patients(Many).ToList();
        // The last one may be written in part.
        Assert.InRange(listed.Count, patients.Count - 1, patients.Count);
        Assert.All(listed, patient =>
        {
            var written = patients[patient.Id];
            Assert.Equal(patient.Id, Hospital.Id(all[(int)patient.Position]));
            Assert.Equal(patient.Family, (string)written["name"]![0]!["family"]!);
            Assert.Equal(patient.Given, (string)written["name"]![0]!["given"]![0]!);
            Assert.Equal((ScaleRecord.RecordNumbers, patient.RecordNumber), ((string)written["identifier"]![0]!["system"]!, (string)written["identifier"]![0]!["value"]!));
            Assert.Equal(codes["Patient/" + patient.Id].Distinct().Order(), patient.ObservationCodes.Order());
        });
    }

    [Fact]
    public void A_patient_alone_is_the_one_in_the_stream()
    {
        var record = new ScaleRecord();
        var patient = record.Patients(Many).ElementAt(50);
        Assert.Equal(Lines(patient.Position, 1), record.Patient(patient.Number, patient.Position));
    }

    [Fact]
    public void Names_are_skewed_and_many()
    {
        var families = new ScaleRecord().Patients(1_000_000).GroupBy(p => p.Family).Select(g => g.Count()).OrderDescending().ToList();
        Assert.InRange(families.Count, 1_000, 4_000);
        Assert.InRange(families[0], 50, 400);
        Assert.InRange(families[families.Count / 2], 1, 10);
    }

    static byte[] Lines(long first, long count, int seed = 1)
    {
        using var output = new MemoryStream();
        Assert.Equal(new ScaleRecord(seed).Write(output, first, count), output.Length);
        return output.ToArray();
    }

    static List<JsonObject> Resources() => [.. Encoding.UTF8.GetString(Stream).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!.AsObject())];
}
