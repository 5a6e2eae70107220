using System.Text;
using Salus.Bench.Load;
using Salus.Simulation;

namespace Salus.Bench.Http;

/// <summary>Requests about a generated record, made before anything is measured: which patients there are and what they have is known without asking.</summary>
internal sealed class Questions
{
    private const int MostPatients = 20_000;
    private const int MostSearches = 50_000;
    private const int Bodies = 2_000;

    // Patients who are not in the record: the generator can make any.
    private const long Elsewhere = 1L << 32;

    private readonly ScaleRecord record;
    private readonly Random random = new(1);

    public Questions(ScaleRecord record, long resources)
    {
        this.record = record;
        var all = record.Patients(resources).ToList();
        if (all.Count < 10)
        {
            throw new ArgumentException($"{resources} resources hold {all.Count} patients; that is too few to ask about. Take at least 2,000.", nameof(resources));
        }

        Patients = all.Count <= MostPatients ? all : [.. Enumerable.Range(0, MostPatients).Select(i => all[(int)((long)i * all.Count / MostPatients)])];
    }

    /// <summary>From all over the record, at most 20,000.</summary>
    public IReadOnlyList<ScalePatient> Patients { get; }

    public Workload Read => new("GET Patient/id", [.. Patients.Select(p => Shot.Get($"/fhir/Patient/{p.Id}"))]);

    public Workload Observations => new("Observation?subject&code&_sort=-date&_count=20", [.. Many(p =>
        $"/fhir/Observation?subject=Patient/{p.Id}&code=http://loinc.org%7C{p.ObservationCodes[random.Next(p.ObservationCodes.Count)]}&_sort=-date&_count=20")]);

    /// <summary>Half the family names whole, half their first four letters or more; common ones as often as they are borne.</summary>
    public Workload Names => new("Patient?name", [.. Many(p => $"/fhir/Patient?name={Uri.EscapeDataString(Part(p.Family))}")]);

    public Workload Identifier => new("Patient?identifier", [.. Many(p => $"/fhir/Patient?identifier={Uri.EscapeDataString(ScaleRecord.RecordNumbers)}%7C{p.RecordNumber}")]);

    /// <summary>One link, from the observation to the name of its patient.</summary>
    public Workload Chain => new("Observation?patient.family", [.. Many(p => $"/fhir/Observation?patient.family={Uri.EscapeDataString(p.Family)}")]);

    /// <summary>Two links, from the observation over its encounter to the name of the patient.</summary>
    public Workload LongChain => new("Observation?encounter.patient.family", [.. Many(p => $"/fhir/Observation?encounter.patient.family={Uri.EscapeDataString(p.Family)}")]);

    /// <summary>Patients of whom something was observed: nearly all of them, so that the newest are looked at.</summary>
    public Workload Has => new("Patient?_has:Observation:patient:code", [.. Many(p => $"/fhir/Patient?_has:Observation:patient:code=http://loinc.org%7C{p.ObservationCodes[random.Next(p.ObservationCodes.Count)]}")]);

    /// <summary>Patients of a name at whose visits something was observed.</summary>
    public Workload LongHas => new("Patient?family&_has:Encounter:patient:_has:Observation:encounter:code", [.. Many(p =>
        $"/fhir/Patient?family={Uri.EscapeDataString(p.Family)}&_has:Encounter:patient:_has:Observation:encounter:code=http://loinc.org%7C{p.ObservationCodes[random.Next(p.ObservationCodes.Count)]}")]);

    /// <summary>Each patient is another one, by record number too. Their names begin with a Z, so that searches for names find no more of them at the end than at the begin.</summary>
    public Workload Create => new("POST Patient", [.. Enumerable.Range(0, Bodies).Select(i => Shot.Send("POST", "/fhir/Patient", NewPatient(i)))]) { Writes = true };

    /// <summary>Each has another telephone number than before; names stay.</summary>
    public Workload Update => new("PUT Patient/id", [.. Patients.Take(Bodies).Select(p => Shot.Send("PUT", $"/fhir/Patient/{p.Id}", Encoding.UTF8.GetBytes(Text(p.Number, p.Position).Replace("555-01", $"{Shot.NumberMark}-555-01", StringComparison.Ordinal))))]) { Writes = true };

    /// <summary>A patient, an encounter and three observations that refer to each other, or none of them.</summary>
    public Workload Transaction => new("transaction of 5", [.. Enumerable.Range(0, 200).Select(i => Shot.Send("POST", "/fhir", Encoding.UTF8.GetBytes(Bundle(i))))]) { Writes = true };

    /// <summary>What a ward reads: <see cref="Mixed"/> without its writes.</summary>
    public Workload Reads => new("50 : 15 : 10 : 5 of GET, Observation, name, identifier", (50, Shots(Read)), (15, Shots(Observations)), (10, Shots(Names)), (5, Shots(Identifier)));

    /// <summary>What a ward does: mostly reading.</summary>
    public Workload Mixed => new(
        "mixed: 50 % GET, 15 % Observation, 10 % name, 5 % identifier, 10 % POST, 10 % PUT", (50, Shots(Read)), (15, Shots(Observations)), (10, Shots(Names)), (5, Shots(Identifier)), (10, Shots(Create)), (10, Shots(Update)));

    /// <summary>The same with transactions.</summary>
    public Workload Soak => new(
        "mixed: 44 % GET, 15 % Observation, 10 % name, 5 % identifier, 12 % POST, 12 % PUT, 2 % transaction of 5",
        (44, Shots(Read)), (15, Shots(Observations)), (10, Shots(Names)), (5, Shots(Identifier)), (12, Shots(Create)), (12, Shots(Update)), (2, Shots(Transaction)));

    private static Shot[] Shots(Workload workload) => workload.Groups[0].Shots;

    private IEnumerable<string> Paths(Func<ScalePatient, string> path) => Enumerable.Range(0, Math.Min(MostSearches, 5 * Patients.Count)).Select(_ => path(Patients[random.Next(Patients.Count)]));

    private IEnumerable<Shot> Many(Func<ScalePatient, string> path) => Paths(path).Select(Shot.Get);

    private string Part(string name) => random.Next(2) == 0 || name.Length < 5 ? name : name[..random.Next(4, name.Length)];

    private string Text(long number, long position) => Encoding.UTF8.GetString(record.Patient(number, position)).TrimEnd('\n');

    private byte[] NewPatient(int number)
    {
        var text = Text(Elsewhere + number, 0);
        // The server gives the id.
        return Encoding.UTF8.GetBytes(text.Replace($"\"id\":\"{record.Id(0)}\",", "", StringComparison.Ordinal)
            .Replace($"MRN{Elsewhere + number:D12}", $"NEW{Shot.NumberMark}", StringComparison.Ordinal)
            .Replace("\"family\":\"", "\"family\":\"Z", StringComparison.Ordinal).Replace("\"given\":[\"", "\"given\":[\"Z", StringComparison.Ordinal));
    }

    private string Bundle(int number)
    {
        var patient = Encoding.UTF8.GetString(NewPatient(number));
        var observations = string.Concat(Enumerable.Range(0, 3).Select(i => "," + Entry(
            "Observation",
            $$$"""{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8867-4","display":"Heart rate"}]},"subject":{"reference":"urn:uuid:00000000-0000-4000-8000-000000000001"},"encounter":{"reference":"urn:uuid:00000000-0000-4000-8000-000000000002"},"effectiveDateTime":"2026-01-0{{{i + 1}}}T10:00:00Z","valueQuantity":{"value":{{{60 + i}}},"unit":"/min","system":"http://unitsofmeasure.org","code":"/min"}}""", i + 3)));
        var encounter = Entry(
            "Encounter",
            """{"resourceType":"Encounter","status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"},"subject":{"reference":"urn:uuid:00000000-0000-4000-8000-000000000001"},"period":{"start":"2026-01-01T09:00:00Z","end":"2026-01-01T09:30:00Z"}}""", 2);
        return $$"""{"resourceType":"Bundle","type":"transaction","entry":[{{Entry("Patient", patient, 1)}},{{encounter}}{{observations}}]}""";
    }

    private static string Entry(string type, string resource, int number) =>
        $$$"""{"fullUrl":"urn:uuid:00000000-0000-4000-8000-00000000000{{{number}}}","resource":{{{resource}}},"request":{"method":"POST","url":"{{{type}}}"}}""";
}
