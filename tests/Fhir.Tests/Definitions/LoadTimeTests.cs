using System.Diagnostics;
using Salus.Fhir.Definitions;
using Salus.Fhir.Tests.Validation;
using Xunit.Abstractions;

namespace Salus.Fhir.Tests.Definitions;

/// <summary>
/// Measures on request, in a process that does nothing else:
/// <c>SALUS_MEASURE=1 dotnet test tests/Fhir.Tests -c Release --filter LoadTime --logger "console;verbosity=detailed"</c>
/// </summary>
public sealed class LoadTimeTests(ITestOutputHelper output)
{
    [MeasureFact(".")]
    public void The_first_load_takes_less_than_150_ms_of_processor_time()
    {
        // Wall time says more about the neighbours of a busy machine than about the load.
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        var start = Stopwatch.GetTimestamp();
        var types = FhirDefinitions.R4.Types.Length;
        var elapsed = Stopwatch.GetElapsedTime(start);
        process.Refresh();
        var used = process.TotalProcessorTime - before;
        output.WriteLine($"{types} types in {elapsed.TotalMilliseconds:F1} ms, {used.TotalMilliseconds:F0} ms of processor time");
        Assert.True(used < TimeSpan.FromMilliseconds(150), $"{used.TotalMilliseconds} ms");
    }
}
