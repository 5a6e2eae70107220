using Salus.Kernel;

namespace Salus.Records.Search.Filter;

/// <summary>
/// Names that R4 adds for filters (http://hl7.org/fhir/R4/search_filter.html#params), whose two parts are of one element: <c>characteristic[code eq x].value eq y</c>.
/// They are composite parameters. Those of R4's list whose parts no parameter finds (Observation.related, ServiceRequest.event and item) are not here.
/// </summary>
/// <param name="Composite">The parameter that finds both parts of one element.</param>
/// <param name="Narrowing">The part that stands in the brackets.</param>
/// <param name="Asked">The part that is asked for.</param>
/// <param name="NarrowingFirst">Whether the composite's value begins with what stands in the brackets.</param>
internal sealed record FilterPair(string Composite, string Narrowing, string Asked, bool NarrowingFirst)
{
    /// <summary>Null when there is none of that name.</summary>
    public static FilterPair? Find(string type, string name) => (type, name) switch
    {
        ("Group", "characteristic") => new("characteristic-value", "code", "value", NarrowingFirst: true),
        ("DocumentReference", "relatesTo") => new("relationship", "code", "target", NarrowingFirst: false),
        _ => null,
    };

    /// <summary>The same test of the composite.</summary>
    public Outcome<FilterTest> Of(FilterTest test)
    {
        if (test.Path is not [{ Filter: FilterTest { Operator: "eq", Path: [{ Filter: null } narrowing] } inner }, { Filter: null } asked]
            || narrowing.Name != Narrowing || asked.Name != Asked || test.Operator is not ("eq" or "re"))
        {
            return FilterReader.At(test.Position, $"'{test.Path[0].Name}' takes the form {test.Path[0].Name}[{Narrowing} eq x].{Asked} {(Asked == "target" ? "re" : "eq")} y.");
        }

        var (narrow, ask) = (Escaped(inner.Value), Escaped(test.Value));
        return test with { Path = [new FilterStep(Composite, null)], Operator = "eq", Value = NarrowingFirst ? $"{narrow}${ask}" : $"{ask}${narrow}" };
    }

    private static string Escaped(string value) => value.Replace("$", "\\$", StringComparison.Ordinal);
}
