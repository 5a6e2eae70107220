using System.Diagnostics;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Validation;
using Xunit.Abstractions;

namespace Salus.Fhir.Tests.Validation;

/// <summary>
/// Measures on request:
/// <c>SALUS_MEASURE=1 dotnet test tests/Fhir.Tests -c Release --filter Throughput --logger "console;verbosity=detailed"</c>
/// </summary>
public sealed class ThroughputTests(ITestOutputHelper output)
{
    private const int Rounds = 4;

    [MeasureFact("synthea")]
    public void Throughput_of_validation_over_Synthea_bundles()
    {
        var files = Directory.GetFiles(TestData.Folder("synthea")!, "*.tar.gz").SelectMany(TestData.Archive).Select(file => file.Content).ToList();
        var validator = new StructureValidator(FhirDefinitions.R4, new() { ConditionalReferences = true });
        var resources = files.Sum(file => Count(Checks.Read(file).Root.Named("entry")));
        for (var round = 1; round <= Rounds; round++)
        {
            var (read, validate) = (TimeSpan.Zero, TimeSpan.Zero);
            foreach (var file in files)
            {
                var start = Stopwatch.GetTimestamp();
                ResourceReader.TryRead(file, FhirDefinitions.R4, out var document, out _);
                read += Stopwatch.GetElapsedTime(start);
                start = Stopwatch.GetTimestamp();
                Assert.Empty(validator.Validate(document!));
                validate += Stopwatch.GetElapsedTime(start);
            }

            var megabytes = files.Sum(file => (long)file.Length) / 1e6;
            output.WriteLine(
                $"round {round}: {megabytes:F1} MB, {resources} resources; read {megabytes / read.TotalSeconds:F0} MB/s, "
                + $"validate {megabytes / validate.TotalSeconds:F0} MB/s ({resources / validate.TotalSeconds:F0} resources/s), "
                + $"both {megabytes / (read + validate).TotalSeconds:F0} MB/s ({resources / (read + validate).TotalSeconds:F0} resources/s)");
            Assert.True(round < Rounds || megabytes / validate.TotalSeconds > 100, "slower than the 100 MB/s that writes are planned with");
        }
    }

    [MeasureFact("synthea")]
    public void Throughput_of_invariants_over_Synthea_bundles()
    {
        var files = Directory.GetFiles(TestData.Folder("synthea")!, "*.tar.gz").SelectMany(TestData.Archive).Select(file => Checks.Read(file.Content)).ToList();
        var resources = files.Sum(file => Count(file.Root.Named("entry")));
        var set = new Salus.Fhir.Profiles.ProfileSet(FhirDefinitions.R4);
        var validator = new ResourceValidator(FhirDefinitions.R4, () => set);
        (string Name, ValidationDepth Depth, IssueSeverity Least)[] kinds =
        [
            ("structure", ValidationDepth.Structure, IssueSeverity.Error),
            ("structure and invariants, as in bulk writes", ValidationDepth.Invariants, IssueSeverity.Error),
            ("full, as in single writes", ValidationDepth.Profiles, IssueSeverity.Error),
            ("full, every warning, as $validate", ValidationDepth.Profiles, IssueSeverity.Information),
        ];
        foreach (var (name, depth, least) in kinds.Concat(kinds).Concat(kinds))
        {
            var request = new ValidationRequest { Depth = depth, ConditionalReferences = true, Least = least, MostIssues = 100_000 };
            var found = 0;
            var (start, processor, bytes) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime, GC.GetAllocatedBytesForCurrentThread());
            foreach (var file in files)
            {
                found += validator.Validate(file.Root, request).Count(i => i.Severity >= IssueSeverity.Error);
            }

            var (clock, cpu) = (Stopwatch.GetElapsedTime(start), Environment.CpuUsage.TotalTime - processor);
            output.WriteLine(
                $"{name}: {cpu.TotalMicroseconds / resources:F1} us CPU a resource ({resources / cpu.TotalSeconds:F0}/s), {resources / clock.TotalSeconds:F0}/s by the clock, "
                + $"{(GC.GetAllocatedBytesForCurrentThread() - bytes) / resources} bytes a resource, {found} errors");
        }
    }

    private static int Count(ElementChildren children)
    {
        var count = 0;
        while (children.MoveNext())
        {
            count++;
        }

        return count;
    }
}

/// <summary>A measurement: runs only when SALUS_MEASURE is set and its data is there.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class MeasureFactAttribute : FactAttribute
{
    public MeasureFactAttribute(string folder)
    {
        Skip = Environment.GetEnvironmentVariable("SALUS_MEASURE") is not { Length: > 0 } ? "A measurement: set SALUS_MEASURE=1 and run it alone in Release."
            : TestData.Folder(folder) is null ? $"The test data folder '{folder}' is not here: set SALUS_DATA to the folder that has it."
            : null;
    }
}
