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
    public void The_first_load_takes_less_than_150_ms()
    {
        var start = Stopwatch.GetTimestamp();
        var types = FhirDefinitions.R4.Types.Length;
        var elapsed = Stopwatch.GetElapsedTime(start);
        output.WriteLine($"{types} types in {elapsed.TotalMilliseconds:F1} ms");
        Assert.True(elapsed < TimeSpan.FromMilliseconds(150), $"{elapsed.TotalMilliseconds} ms");
    }
}
