using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Search;
using Xunit.Abstractions;

namespace Salus.Fhir.Tests.Search;

public class ExtractionOnRealDataTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_R4_example_gives_values() => Extract("R4 examples", SampleResources.R4Examples());

    [Fact]
    public void Every_Synthea_resource_gives_values() => Extract("Synthea", SampleResources.Synthea(20));

    [Fact]
    public void Every_MIMIC_resource_gives_values() => Extract("MIMIC", SampleResources.Mimic(300));

    [Fact]
    public void Extraction_speed_on_Synthea_is_reported()
    {
        var documents = SampleResources.Synthea(40).Select(r => Read(r.Name, r.Utf8)).ToArray();
        if (documents.Length == 0)
        {
            output.WriteLine("Skipped: no Synthea data.");
            return;
        }

        // Twice: the first time the code is still being compiled.
        Measure("all types, cold", documents);
        Measure("all types, cold", documents);
        foreach (var ofType in documents.GroupBy(d => d.Type.Name).OrderByDescending(g => g.Count()))
        {
            Measure(ofType.Key, [.. ofType]);
        }

        Measure("all types", documents);
    }

    // Processor time, not the wall clock: the machine is shared.
    private void Measure(string what, ResourceDocument[] documents)
    {
        var values = new SearchValues();
        var (count, rounds) = (0, 0);
        Round();
        Round();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var start = Environment.CpuUsage.TotalTime;
        while (Environment.CpuUsage.TotalTime - start < TimeSpan.FromMilliseconds(200))
        {
            Round();
            rounds++;
        }

        var each = (Environment.CpuUsage.TotalTime - start) / rounds;
        allocated = (GC.GetAllocatedBytesForCurrentThread() - allocated) / rounds / documents.Length;
        output.WriteLine(
            $"extraction, {what}: {each.TotalMicroseconds / documents.Length:F2} us/resource, {documents.Sum(d => (long)d.Utf8.Length) / each.TotalSeconds / 1e6:F0} MB/s, "
            + $"{(double)count / documents.Length:F1} values and {allocated} bytes allocated per resource, {documents.Length} resources");
        Assert.True(count > 0, what);

        void Round()
        {
            count = 0;
            foreach (var document in documents)
            {
                values.Clear();
                Extraction.Extractor.Extract(document.Root, values);
                count += Count(values);
            }
        }
    }

    private void Extract(string what, IEnumerable<(string Name, byte[] Utf8)> resources)
    {
        var values = new SearchValues();
        var (read, empty) = (0, new List<string>());
        foreach (var (name, utf8) in resources)
        {
            values.Clear();
            var document = Read(name, utf8);
            Extraction.Extractor.Extract(document.Root, values);
            read++;
            if (Count(values) == 0)
            {
                empty.Add(name);
            }
        }

        output.WriteLine(read == 0 ? $"Skipped: no {what}." : $"{what}: {read} resources, {empty.Count} without any value: {string.Join(", ", empty.Distinct().Take(10))}");
        Assert.True(empty.Count * 20 <= read, $"{empty.Count} of {read} resources gave no value");
    }

    private static ResourceDocument Read(string name, byte[] utf8)
    {
        Assert.True(ResourceReader.TryRead(utf8, FhirDefinitions.R4, out var document, out var issue), $"{name}: {issue}");
        return document;
    }

    private static int Count(SearchValues values) =>
        values.Tokens.Count + values.Strings.Count + values.References.Count + values.Dates.Count + values.Numbers.Count + values.Quantities.Count + values.Uris.Count;
}
