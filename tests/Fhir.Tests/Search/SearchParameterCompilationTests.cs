using Salus.Fhir.Definitions;
using Salus.Fhir.Search;
using Xunit.Abstractions;

namespace Salus.Fhir.Tests.Search;

public class SearchParameterCompilationTests(ITestOutputHelper output)
{
    private static readonly SearchParameterSet Parameters = new(FhirDefinitions.R4);

    [Fact]
    public void Every_R4_search_expression_compiles_for_each_of_its_types()
    {
        var extractor = new SearchValueExtractor(Parameters);
        var errors = FhirDefinitions.R4.ResourceTypes.SelectMany(type => extractor.Plan(type).Errors);
        Assert.Empty(errors.Select(e => $"{e.Parameter}: {e.Parameter.Definition.Expression}: {e.Error}"));
        output.WriteLine($"{Parameters.All.Count} parameters of {FhirDefinitions.R4.ResourceTypes.Count} types");
        foreach (var type in FhirDefinitions.R4.ResourceTypes)
        {
            foreach (var (parameter, path, _) in extractor.Plan(type).Expressions)
            {
                output.WriteLine($"not woven: {parameter}: {path.Text}");
            }
        }
    }
}
