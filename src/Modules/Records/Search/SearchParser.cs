using System.Globalization;
using Microsoft.Extensions.Options;
using Salus.Fhir.Definitions;
using Salus.Fhir.Search;
using Salus.Kernel;
using Salus.Records.Read;
using Salus.Records.Search.Filter;
using Salus.Records.Search.Parameters;
using Salus.Records.Storage;

namespace Salus.Records.Search;

/// <summary>Step 1 of a search: query parameters become a <see cref="SearchRequest"/>, or an error that names what is known.</summary>
internal sealed class SearchParser(SearchParameterSet parameters, IndexState index, IOptions<RecordsOptions> options)
{
    private readonly CriterionParser criteria = new(parameters, index);
    private readonly FilterCompiler filters = new(new CriterionParser(parameters, index), parameters);

    public Fhir.Definitions.FhirDefinitions Definitions => parameters.Definitions;

    // PostgreSQL planned a search with 500 parameters for over 30 s; a statement has at most 65,535 placeholders, of which a value takes up to four.
    private const int MaxCriteria = 64;
    private const int MaxValues = 10_000;

    /// <summary>Parameters that shape the answer's form and are handled before the search.</summary>
    private static readonly HashSet<string> Ignored = new(StringComparer.Ordinal) { "_format", "_pretty" };

    /// <summary>Parameters of the answer that have no modifier. One that was read over would answer something else.</summary>
    private static readonly HashSet<string> Plain = new(StringComparer.Ordinal) { "_count", "_summary", "_elements", "_total", "_sort", "_filter", "_contained", "_containedType", Cursor.Parameter };

    /// <param name="lenient">Leaves out parameters that are unknown (<c>Prefer: handling=lenient</c>) instead of refusing.</param>
    public Outcome<SearchRequest> Parse(string type, IEnumerable<KeyValuePair<string, string>> query, bool lenient)
    {
        var request = new SearchRequest(type) { Count = options.Value.DefaultPageSize };
        foreach (var (name, value) in query)
        {
            if (Ignored.Contains(name))
            {
                // It shapes the next page too, so it belongs in the links.
                request.Used.Add(new(name, value));
                continue;
            }

            if (name.Contains('\0', StringComparison.Ordinal) || value.Contains('\0', StringComparison.Ordinal))
            {
                return new Failure(FailureKind.Invalid, "value", "A NUL character is no part of any FHIR text.", name.Replace("\0", "", StringComparison.Ordinal));
            }

            if (Add(request, name, value) is { } failure)
            {
                // Without a filter, the answer would have what was filtered out.
                if (lenient && failure.Kind == FailureKind.NotSupported && name != "_filter")
                {
                    continue;
                }

                return failure;
            }

            if (name != Cursor.Parameter)
            {
                request.Used.Add(new(name, value));
            }
        }

        if (request.Summary)
        {
            request.Count = 0;
        }

        request.Total &= !request.Estimate;

        // http://hl7.org/fhir/R4/search.html#summary
        if (request is { Shape.Summary: "text", Includes.Count: > 0 })
        {
            return new Failure(FailureKind.Invalid, "invalid", "_summary=text takes no _include and no _revinclude. Leave one of them out.", "_summary");
        }

        if (request.Criteria.Sum(Weight) > MaxCriteria || request.Criteria.Sum(c => c.Values.Count) > MaxValues)
        {
            return new Failure(FailureKind.TooCostly, "too-costly", $"A search takes at most {MaxCriteria} parameters, those that _filter compares counted one by one, and {MaxValues} values. Ask in parts.");
        }

        var compared = options.Value.MaxComparedValues;
        if (request.Criteria.SelectMany(c => c.Leaves).Where(SearchCosts.ComparesEach).Sum(c => c.Values.Count) > compared)
        {
            return new Failure(
                FailureKind.TooCostly, "too-costly",
                $"Numbers, quantities, :contains and codes that terminology names (:in, :not-in, :above, :below) take at most {compared} values in one search (Salus:Records:MaxComparedValues): each of them is compared by itself. Ask in parts, or for a range: ge..., le...");
        }

        return request.After is { } after && after.Values.Count != request.Sort.Count
            ? new Failure(FailureKind.Invalid, "value", "The _cursor does not fit this _sort. Follow the next link as it is.", Cursor.Parameter)
            : request;
    }

    private static int Weight(Criterion criterion) => criterion is CombinedCriterion { Parameter: null } ? criterion.Leaves.Count() : 1;

    private Failure? Add(SearchRequest request, string name, string value)
    {
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        var (code, modifier) = colon < 0 ? (name, "") : (name[..colon], name[(colon + 1)..]);
        if (modifier.Length > 0 && Plain.Contains(code))
        {
            return Wrong(name, value, $"no modifier: '{code}' alone{(code == "_sort" ? ", with '-' in front of the value for descending" : "")}");
        }

        switch (code)
        {
            case "_count":
                if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
                {
                    return Wrong(name, value, "a whole number, 0 or greater");
                }

                request.Count = Math.Min(count, options.Value.MaxPageSize);
                request.Total |= count == 0;
                return null;
            case "_summary":
                request.Summary |= value == "count";
                request.Total |= value == "count";
                return AddShape(request, name, value);
            case "_elements":
                return AddShape(request, name, value);
            case "_total":
                request.Total |= value == "accurate";
                request.Estimate = value == "estimate";
                return value is "accurate" or "estimate" or "none" ? null : Wrong(name, value, "accurate, estimate or none");
            case "_sort":
                return AddSort(request, value);
            case "_contained":
                // http://hl7.org/fhir/R4/search.html#contained: "false" is what a search does without it.
                return value switch
                {
                    "false" => null,
                    "true" or "both" => Unsupported(name, "Contained resources are not found by themselves; _contained takes false. What they hold is found by parameters of the resource that contains them."),
                    _ => Wrong(name, value, "false"),
                };
            case "_containedType":
                return Unsupported(name, "Contained resources are not found by themselves, so there is no _containedType.");
            case "_query":
                return Unsupported(name, "There are no named queries here. Ask by parameters, or by _filter.");
            case "_type":
                return Unsupported(name, $"A search at /{request.Type} finds {request.Type} alone; leave out _type. Several types: GET /fhir?_type=Patient,Observation&...");
            case "_filter":
                return AddFilter(request, value);
            case "_include" or "_revinclude":
                return AddInclude(request, code == "_revinclude", name, modifier, value);
            case Cursor.Parameter:
                request.After = Cursor.Parse(value);
                return request.After is null ? Wrong(name, "…", "a cursor from a next link") : null;
            default:
                return AddCriterion(request, name, value);
        }
    }

    private Failure? AddShape(SearchRequest request, string name, string value)
    {
        var shape = AnswerShape.Parse(Definitions.Resource(request.Type)!, [.. request.Used.Where(p => p.Key is "_summary" or "_elements"), new(name, value)], Definitions);
        if (shape.Failed(out var failure))
        {
            return failure;
        }

        request.Shape = shape.Value ?? request.Shape;
        return null;
    }

    private Failure? AddCriterion(SearchRequest request, string name, string value)
    {
        var criterion = criteria.Parse(request.Type, name, value);
        if (criterion.Failed(out var failure))
        {
            return failure;
        }

        request.Criteria.Add(criterion.Value);
        return null;
    }

    private Failure? AddFilter(SearchRequest request, string value)
    {
        var filter = filters.Compile(request.Type, value);
        if (filter.Failed(out var failure))
        {
            return failure;
        }

        request.Criteria.AddRange(filter.Value);
        return null;
    }

    /// <summary>The names that can be searched by.</summary>
    public IEnumerable<string> Known(string type) => criteria.Known(type);

    private Failure? AddSort(SearchRequest request, string value)
    {
        var keys = new List<SortKey>();
        foreach (var part in value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var descending = part[0] == '-';
            var code = descending ? part[1..] : part;
            var parameter = code is "_id" or "_lastUpdated" ? null : parameters.Find(request.Type, code);
            if (parameter is null && code is not ("_id" or "_lastUpdated"))
            {
                return Unsupported("_sort", $"{request.Type} has no search parameter '{code}' to sort by. Known are: {string.Join(", ", Known(request.Type))}.");
            }

            if (parameter is not null && (parameter.Definition.Expression is null || parameter.Type is SearchType.Composite or SearchType.Special))
            {
                return Unsupported("_sort", $"Sorting by the {parameter.Type} parameter '{code}' is not supported.");
            }

            if (criteria.Refusal(parameter, code) is { } refusal)
            {
                return refusal;
            }

            keys.Add(new SortKey(parameter, code, descending));
        }

        request.Sort.AddRange(keys);
        return request.Sort.Count is > 0 and <= 4 ? null : Wrong("_sort", value, "one to four search parameters, '-' in front for descending");
    }

    private Failure? AddInclude(SearchRequest request, bool reverse, string name, string modifier, string value)
    {
        // :recurse is what :iterate was called before R4.
        if (modifier is not ("" or "iterate" or "recurse"))
        {
            return Unsupported(name, $"'{name}' is not supported; {name[..name.IndexOf(':', StringComparison.Ordinal)]} and :iterate are.");
        }

        var parts = value.Split(':');
        var iterate = modifier.Length > 0;
        if (value == "*" && !reverse)
        {
            request.Includes.Add(new Inclusion(null, null, null, reverse, iterate));
            return null;
        }

        if (parts.Length is < 2 or > 3)
        {
            return Wrong(name, value, $"Type:parameter, Type:parameter:TargetType or Type:*{(reverse ? "" : ", or * for all references")}");
        }

        var parameter = parameters.Find(parts[0], parts[1]);
        if (parameters.Definitions.Resource(parts[0]) is null || (parts[1] != "*" && parameter is not { Type: SearchType.Reference }))
        {
            return Unsupported(name, $"{parts[0]} has no reference parameter '{parts[1]}'. Known are: {string.Join(", ", parameters.For(parts[0]).Values.Where(p => p.Type == SearchType.Reference).Select(p => p.Code).Order(StringComparer.Ordinal))}.");
        }

        if (parts.Length == 3 && parameters.Definitions.Resource(parts[2]) is null)
        {
            return Wrong(name, value, "a resource type of R4 as the third part");
        }

        if (criteria.Refusal(parameter, name) is { } refusal)
        {
            return refusal;
        }

        request.Includes.Add(new Inclusion(parts[0], parameter, parts.Length == 3 ? parts[2] : null, reverse, iterate));
        return null;
    }

    private static Failure Wrong(string name, string value, string right) => SearchText.Wrong(name, value, right);

    private static Failure Unsupported(string name, string message) => new(FailureKind.NotSupported, "not-supported", message, name);
}
