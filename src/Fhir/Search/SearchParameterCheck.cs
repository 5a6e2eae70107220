using Salus.Fhir.Definitions;
using Salus.Fhir.Paths;
using Salus.Fhir.Search.Writers;

namespace Salus.Fhir.Search;

/// <summary>Says whether a search parameter that is to be added can find anything.</summary>
public static class SearchParameterCheck
{
    /// <summary>
    /// Null, or what is wrong with the expressions of a definition on the first of its base types that they do not fit: text that is not FHIRPath,
    /// elements that the type does not have, or that have no value of this kind of parameter.
    /// </summary>
    /// <param name="snapshot">What a composite's parts refer to.</param>
    public static PathError? Check(SearchParameter definition, SearchParameterSnapshot snapshot)
    {
        var definitions = snapshot.Definitions;
        var writers = new ValueWriters(definitions, new Utf8Strings());
        foreach (var type in definitions.ResourceTypes.Where(t => definition.Base.Any(t.Is)))
        {
            var parameter = new ResourceParameter(0, type, definition);
            if (definition.Type == SearchType.Composite && CheckParts(parameter, snapshot) is { } wrong)
            {
                return wrong;
            }

            var plan = new SearchPlan(type, [parameter], definitions, writers, snapshot.Definition, _ => false);
            if (plan.Errors is [{ Error: var error }, ..])
            {
                return error;
            }

            if (!plan.Finds && parameter.Kind() != CompositeKind.Whole)
            {
                return new PathError($"On {type.Name} the expression leads to nothing that has {definition.Type.ToString().ToLowerInvariant()} values", 0, PathErrorKind.Semantic);
            }
        }

        return null;
    }

    private static PathError? CheckParts(ResourceParameter parameter, SearchParameterSnapshot snapshot)
    {
        var parts = parameter.Definition.Components.Select(c => snapshot.Definition(c.Definition)).ToList();
        if (parts.Count < 2 || parts.Exists(p => p is null or { Type: SearchType.Composite or SearchType.Special }))
        {
            return new PathError("A composite has two components or more, each of them with the URL of a known parameter that is no composite", 0, PathErrorKind.Semantic);
        }

        var ranges = parts.FindAll(p => p!.Type is SearchType.Date or SearchType.Number or SearchType.Quantity);
        return parameter.Kind() switch
        {
            CompositeKind.Either => new PathError("The expression of a composite is either the resource or elements of it", 0, PathErrorKind.Semantic),
            CompositeKind.Whole => parts.Exists(p => !snapshot.For(parameter.ResourceType.Name).Values.Any(known => known.Definition.Url == p!.Url))
                ? new PathError($"{parameter.ResourceType.Name} does not have all parameters that the components name", 0, PathErrorKind.Semantic)
                : null,
            _ => ranges.Count > 2 || ranges.Skip(1).Any(p => p!.Type == SearchType.Quantity)
                ? new PathError("A composite has at most two components that are dates, numbers or quantities, and a quantity is the first of them", 0, PathErrorKind.Semantic)
                : null,
        };
    }
}
