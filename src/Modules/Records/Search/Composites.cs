using Salus.Fhir.Definitions;
using Salus.Fhir.Search;

namespace Salus.Records.Search;

/// <summary>
/// A composite parameter (http://hl7.org/fhir/R4/search.html#composite) whose parts are of the whole resource, as criteria on these: one of the
/// alternatives has to hold, and of it every criterion.
/// </summary>
/// <param name="Absent">True for <c>:missing=true</c>: none of the alternatives may hold.</param>
internal sealed record WholeCriterion(ResourceParameter Parameter, string Name, string Modifier, IReadOnlyList<string> Values, IReadOnlyList<IReadOnlyList<Criterion>> Alternatives, bool Absent)
    : CombinedCriterion(Parameter, Name, Modifier, Values, Alternatives, Absent)
{
    public override IEnumerable<ResourceParameter> Parameters => base.Parameters.Append(Parameter!);
}

/// <summary>A composite parameter whose parts are of one element, which has index rows of its own.</summary>
/// <param name="Parts">What the values of each part are.</param>
internal sealed record OccurrenceCriterion(ResourceParameter Parameter, string Name, string Modifier, IReadOnlyList<string> Values, IReadOnlyList<SearchType> Parts)
    : Criterion(Parameter, Name, Modifier, Values);

/// <summary>Of which other parameters a composite consists.</summary>
internal static class Composites
{
    private const string Either = "combo-";

    /// <summary>The parameters that have to be complete, besides the composite itself, for it to answer.</summary>
    public static IEnumerable<ResourceParameter> Parts(ResourceParameter parameter, SearchParameterSnapshot snapshot) => parameter.Kind() switch
    {
        CompositeKind.Whole => Components(parameter, snapshot),
        CompositeKind.Either => Branches(parameter, snapshot).SelectMany(b => b.Kind() == CompositeKind.Whole ? Components(b, snapshot) : [b]),
        _ => [],
    };

    /// <summary>The parameter of each component of a composite of the whole resource.</summary>
    public static IEnumerable<ResourceParameter> Components(ResourceParameter parameter, SearchParameterSnapshot snapshot) =>
        parameter.Definition.Components.Select(c => snapshot.For(parameter.ResourceType.Name).Values.First(p => p.Definition.Url == c.Definition));

    /// <summary>The search type of each component.</summary>
    public static IReadOnlyList<SearchType> Types(ResourceParameter parameter, SearchParameterSnapshot snapshot) =>
        [.. parameter.Definition.Components.Select(c => snapshot.Definition(c.Definition)!.Type)];

    /// <summary>The two parameters that one of either kind stands for: of the resource, and of its components. R4 has them for Observation only.</summary>
    public static IEnumerable<ResourceParameter> Branches(ResourceParameter parameter, SearchParameterSnapshot snapshot)
    {
        var code = parameter.Code.StartsWith(Either, StringComparison.Ordinal) ? parameter.Code[Either.Length..] : parameter.Code;
        return new[] { code, $"component-{code}" }.Select(c => snapshot.Find(parameter.ResourceType.Name, c)).OfType<ResourceParameter>();
    }
}
