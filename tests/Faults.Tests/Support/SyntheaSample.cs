using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json.Nodes;

namespace Salus.Faults.Tests.Support;

/// <summary>A few transaction bundles of Synthea in a folder, and what has to be in the record when they all are.</summary>
internal sealed class SyntheaSample
{
    internal const string Bundles = "synthea/pick150.tar.gz";
    private const string Organizations = "synthea/practitioners-and-hospitals.tar.gz";
    private const int Largest = 2_000_000;

    // The patient's number in its own system → how many resources of each type its bundle has.
    private readonly Dictionary<string, Dictionary<string, int>> patients = new(StringComparer.Ordinal);

    private SyntheaSample(string folder) => Folder = folder;

    public string Folder { get; }

    /// <summary>What to import, in this order.</summary>
    public string[] Paths => [SharedData.Find(Organizations)!, Folder];

    public int Patients => patients.Count;

    /// <summary>How many resources the bundles have.</summary>
    public int Resources { get; private set; }

    /// <param name="folder">Where to unpack them.</param>
    /// <param name="skip">Bundles to pass over, so that each round has others.</param>
    /// <param name="count">How many.</param>
    public static SyntheaSample Unpack(string folder, int skip, int count)
    {
        var sample = new SyntheaSample(folder);
        Directory.CreateDirectory(folder);
        using var file = new GZipStream(File.OpenRead(SharedData.Find(Bundles)!), CompressionMode.Decompress);
        using var tar = new TarReader(file);
        while (sample.Patients < count && tar.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is null || entry.Length > Largest || !entry.Name.EndsWith(".json", StringComparison.Ordinal) || --skip >= 0)
            {
                continue;
            }

            using var bytes = new MemoryStream();
            entry.DataStream.CopyTo(bytes);
            if (sample.Take(JsonNode.Parse(bytes.ToArray())!))
            {
                File.WriteAllBytes(Path.Combine(folder, Path.GetFileName(entry.Name)), bytes.ToArray());
            }
        }

        return sample;
    }

    /// <summary>Every bundle is there as a whole, or not at all; returns how many are there.</summary>
    public async Task<int> WholeAsync(FhirClient fhir)
    {
        var there = 0;
        foreach (var (number, types) in patients)
        {
            var found = (await fhir.GetAsync($"Patient?identifier={number}")).Entries.Select(e => (string)e["resource"]!["id"]!).ToList();
            Assert.True(found.Count <= 1, $"the patient {number} is there {found.Count} times");
            foreach (var (type, expected) in found.Count == 1 ? types : [])
            {
                var count = await fhir.CountAsync($"{type}?patient=Patient/{found[0]}");
                Assert.True(count == expected, $"the patient {number} has {count} of {expected} {type}");
            }

            there += found.Count;
        }

        return there;
    }

    private bool Take(JsonNode bundle)
    {
        var resources = bundle["entry"]?.AsArray().Select(e => e!["resource"]!).ToList() ?? [];
        if (resources.Find(r => (string?)r["resourceType"] == "Patient") is not { } patient)
        {
            return false;
        }

        Resources += resources.Count;
        string[] counted = ["Encounter", "Condition", "Observation", "Procedure", "Immunization", "MedicationRequest", "Claim"];
        patients[(string)patient["identifier"]![0]!["value"]!] = counted.ToDictionary(t => t, t => resources.Count(r => (string?)r["resourceType"] == t));
        return true;
    }
}
