using Salus.Kernel;

namespace Salus.Records.Search.Filter;

/// <summary>
/// Names that R4 adds for filters (http://hl7.org/fhir/R4/search_filter.html#params), whose two parts are of one element: <c>characteristic[code eq x].value eq y</c>.
/// They are composite parameters. Of most of R4's list there is none (Observation.related, ServiceRequest.event and item), and that of DocumentReference.relatesTo
/// is published with the expressions of its parts exchanged, so that it finds nothing.
/// </summary>
/// <param name="Composite">The parameter that finds both parts of one element.</param>
/// <param name="Narrowing">The part that stands in the brackets.</param>
/// <param name="Asked">The part that is asked for.</param>
internal sealed record FilterPair(string Composite, string Narrowing, string Asked)
{
    /// <summary>Null when there is none of that name.</summary>
    public static FilterPair? Find(string type, string name) => (type, name) switch
    {
        ("Group", "characteristic") => new("characteristic-value", "code", "value"),
        _ => null,
    };

    /// <summary>The same test of the composite.</summary>
    public Outcome<FilterTest> Of(FilterTest test)
    {
        if (test.Path is not [{ Filter: FilterTest { Operator: "eq", Path: [{ Filter: null } narrowing] } inner }, { Filter: null } asked]
            || narrowing.Name != Narrowing || asked.Name != Asked || test.Operator != "eq")
        {
            return FilterReader.At(test.Position, $"'{test.Path[0].Name}' takes the form {test.Path[0].Name}[{Narrowing} eq x].{Asked} eq y.");
        }

        return test with { Path = [new FilterStep(Composite, null)], Value = $"{Escaped(inner.Value)}${Escaped(test.Value)}" };
    }

    private static string Escaped(string value) => value.Replace("$", "\\$", StringComparison.Ordinal);
}
