using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;

namespace Salus.Fhir.Tests.Paths;

/// <summary>Quantities of FHIRPath with UCUM's units and the calendar's words.</summary>
public sealed class QuantityTests
{
    [Theory]
    [InlineData("4.0000 'g' = 4000.0 'mg'", "true")]
    [InlineData("4 'g' = 4040 'mg'", "false")]
    [InlineData("4 'g' ~ 4040 'mg'", "true")]
    [InlineData("4040 'mg' ~ 4 'g'", "true")]
    [InlineData("4.00 'g' ~ 4040 'mg'", "false")]
    [InlineData("37 'Cel' = 98.6 '[degF]'", "true")]
    [InlineData("100 'mg/dL' < 1.1 'g/L'", "true")]
    [InlineData("5 'mmol/L' = 90 'mg/dL'", "")]
    [InlineData("5 'mmol/L' > 90 'mg/dL'", "")]
    [InlineData("1 'foo' = 2 'bar'", "")]
    [InlineData("1 'foo' = 1 'foo'", "true")]
    [InlineData("7 days = 1 'wk'", "true")]
    [InlineData("60 'min' = 1 hour", "true")]
    [InlineData("1 year = 1 'a'", "")]
    [InlineData("1 year ~ 1 'a'", "true")]
    [InlineData("12 months = 1 year", "true")]
    [InlineData("1 month = 30 days", "")]
    [InlineData("2.0 'cm' * 2.0 'm' = 0.040 'm2'", "true")]
    [InlineData("4.0 'g' / 2.0 'm' = 2 'g/m'", "true")]
    [InlineData("1.0 'm' / 1.0 'm' = 1 '1'", "true")]
    [InlineData("2 * 3 'mg'", "6 'mg'")]
    [InlineData("6 / 3 'mg'", "2 '1/mg'")]
    [InlineData("1 'g' + 500 'mg'", "1.5 'g'")]
    [InlineData("1 'g' - 1 'm'", "")]
    [InlineData("1 'Cel' * 2 'm'", "")]
    [InlineData("1 'g' / 0 'm'", "")]
    public void Quantities_follow_their_units(string expression, string expected)
    {
        Assert.True(ResourceReader.TryRead("""{"resourceType":"Patient"}"""u8.ToArray(), FhirDefinitions.R4, out var document, out _));
        Assert.True(FhirPath.TryCompile(expression, FhirDefinitions.R4, document.Type, out var path, out var error), error?.ToString());
        var values = new PathCollection();
        Assert.True(path.TryEvaluate(document.Root, values, out error), error?.ToString());
        Assert.Equal(expected, string.Join(", ", values));
    }
}
