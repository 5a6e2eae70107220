using System.Globalization;
using Microsoft.Extensions.Options;
using Salus.Fhir.Definitions;
using Salus.Fhir.Search;
using Salus.Kernel;
using Salus.Records.Read;

namespace Salus.Records.Search;

/// <summary>Step 1 of a search: query parameters become a <see cref="SearchRequest"/>, or an error that names what is known.</summary>
internal sealed class SearchParser(SearchParameterSet parameters, IOptions<RecordsOptions> options)
{
    public Fhir.Definitions.FhirDefinitions Definitions => parameters.Definitions;

    // PostgreSQL planned a search with 500 parameters for over 30 s; a statement has at most 65,535 placeholders, of which a value takes up to four.
    private const int MaxCriteria = 64;
    private const int MaxValues = 10_000;

    /// <summary>Parameters that shape the answer's form and are handled before the search.</summary>
    private static readonly HashSet<string> Ignored = new(StringComparer.Ordinal) { "_format", "_pretty" };

    /// <param name="lenient">Leaves out parameters that are unknown (<c>Prefer: handling=lenient</c>) instead of refusing.</param>
    public Outcome<SearchRequest> Parse(string type, IEnumerable<KeyValuePair<string, string>> query, bool lenient)
    {
        var request = new SearchRequest(type) { Count = options.Value.DefaultPageSize };
        foreach (var (name, value) in query)
        {
            if (Ignored.Contains(name))
            {
                continue;
            }

            if (name.Contains('\0', StringComparison.Ordinal) || value.Contains('\0', StringComparison.Ordinal))
            {
                return new Failure(FailureKind.Invalid, "value", "A NUL character is no part of any FHIR text.", name.Replace("\0", "", StringComparison.Ordinal));
            }

            if (Add(request, name, value) is { } failure)
            {
                if (lenient && failure.Kind == FailureKind.NotSupported)
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

        // http://hl7.org/fhir/R4/search.html#summary
        if (request is { Shape.Summary: "text", Includes.Count: > 0 })
        {
            return new Failure(FailureKind.Invalid, "invalid", "_summary=text takes no _include and no _revinclude. Leave one of them out.", "_summary");
        }

        if (request.Criteria.Count > MaxCriteria || request.Criteria.Sum(c => c.Values.Count) > MaxValues)
        {
            return new Failure(FailureKind.TooCostly, "too-costly", $"A search takes at most {MaxCriteria} parameters and {MaxValues} values. Ask in parts.");
        }

        var compared = options.Value.MaxComparedValues;
        if (request.Criteria.Where(SearchCosts.ComparesEach).Sum(c => c.Values.Count) > compared)
        {
            return new Failure(
                FailureKind.TooCostly, "too-costly",
                $"Numbers, quantities and :contains take at most {compared} values in one search (Salus:Records:MaxComparedValues): each of them is compared by itself. Ask in parts, or for a range: ge..., le...");
        }

        return request.After is { } after && after.Values.Count != request.Sort.Count
            ? new Failure(FailureKind.Invalid, "value", "The _cursor does not fit this _sort. Follow the next link as it is.", Cursor.Parameter)
            : request;
    }

    private Failure? Add(SearchRequest request, string name, string value)
    {
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        var (code, modifier) = colon < 0 ? (name, "") : (name[..colon], name[(colon + 1)..]);
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
                request.Total |= value is "accurate" or "estimate";
                return value is "accurate" or "estimate" or "none" ? null : Wrong(name, value, "accurate, estimate (which is exact here) or none");
            case "_sort":
                return AddSort(request, value);
            case "_include" or "_revinclude":
                return AddInclude(request, code == "_revinclude", name, modifier, value);
            case Cursor.Parameter:
                request.After = Cursor.Parse(value);
                return request.After is null ? Wrong(name, "…", "a cursor from a next link") : null;
            default:
                return AddCriterion(request, name, code, modifier, value);
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

    private Failure? AddCriterion(SearchRequest request, string name, string code, string modifier, string value)
    {
        var parameter = code is "_id" or "_lastUpdated" ? null : parameters.Find(request.Type, code);
        if (parameter is null && code is not ("_id" or "_lastUpdated"))
        {
            return Unsupported(name, code.Contains('.', StringComparison.Ordinal) || code == "_has"
                ? $"Chained parameters and _has are not supported: '{name}'. Search the other resource first, then by its reference."
                : $"{request.Type} has no search parameter '{code}'. Known are: {string.Join(", ", Known(request.Type))}. (Prefer: handling=lenient leaves unknown ones out.)");
        }

        if (parameter is not null && !IsIndexed(parameter))
        {
            return Unsupported(name, $"The {parameter.Type} parameter '{code}' is not supported.");
        }

        if (modifier.Contains('.', StringComparison.Ordinal))
        {
            return Unsupported(name, $"Chained parameters are not supported: '{name}'. Search the other resource first, then by its reference.");
        }

        if (!Modifiers(parameter).Contains(modifier) && !(parameter?.Type == SearchType.Reference && parameters.Definitions.Resource(modifier) is not null))
        {
            return Unsupported(name, $"The modifier ':{modifier}' is not supported for '{code}'. Supported: {string.Join(", ", Modifiers(parameter).Where(m => m.Length > 0).Select(m => ":" + m))}.");
        }

        var values = Split(value);
        if (values.All(v => v.Length == 0))
        {
            return Wrong(name, value, "at least one value");
        }

        request.Criteria.Add(new Criterion(parameter, code, modifier, values));
        return null;
    }

    /// <summary>The names that can be searched by.</summary>
    public IEnumerable<string> Known(string type) => parameters.For(type).Values
        .Where(IsIndexed)
        .Select(p => p.Code).Append("_id").Append("_lastUpdated").Distinct().Order(StringComparer.Ordinal);

    private static string[] Modifiers(ResourceParameter? parameter) => parameter?.Type switch
    {
        null => [""],
        SearchType.String => ["", "exact", "contains", "missing"],
        SearchType.Token => ["", "not", "missing"],
        SearchType.Uri => ["", "below", "missing"],
        _ => ["", "missing"],
    };

    // Others have no rows in the index, and no rows must not look like "nothing matches".
    private static bool IsIndexed(ResourceParameter parameter) =>
        parameter.Type is not (SearchType.Composite or SearchType.Special) && parameter.Definition.Expression is not null;

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

            if (parameter is not null && !IsIndexed(parameter))
            {
                return Unsupported("_sort", $"Sorting by the {parameter.Type} parameter '{code}' is not supported.");
            }

            keys.Add(new SortKey(parameter, code, descending));
        }

        request.Sort.AddRange(keys);
        return request.Sort.Count is > 0 and <= 4 ? null : Wrong("_sort", value, "one to four search parameters, '-' in front for descending");
    }

    private Failure? AddInclude(SearchRequest request, bool reverse, string name, string modifier, string value)
    {
        var parts = value.Split(':');
        if (modifier.Length > 0 || parts.Length is < 2 or > 3)
        {
            return modifier.Length > 0 ? Unsupported(name, $"'{name}' is not supported; _include and _revinclude without modifier are.") : Wrong(name, value, "Type:parameter or Type:parameter:TargetType");
        }

        if (parameters.Find(parts[0], parts[1]) is not { Type: SearchType.Reference } parameter)
        {
            return Unsupported(name, $"{parts[0]} has no reference parameter '{parts[1]}'. Known are: {string.Join(", ", parameters.For(parts[0]).Values.Where(p => p.Type == SearchType.Reference).Select(p => p.Code).Order(StringComparer.Ordinal))}.");
        }

        if (parts.Length == 3 && parameters.Definitions.Resource(parts[2]) is null)
        {
            return Wrong(name, value, "a resource type of R4 as the third part");
        }

        request.Includes.Add(new Inclusion(parameter, parts.Length == 3 ? parts[2] : null, reverse));
        return null;
    }

    // http://hl7.org/fhir/R4/search.html#escaping: a comma separates unless it is escaped.
    private static List<string> Split(string value)
    {
        var values = new List<string>();
        var start = 0;
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '\\')
            {
                i++;
            }
            else if (value[i] == ',')
            {
                values.Add(value[start..i]);
                start = i + 1;
            }
        }

        values.Add(value[start..]);
        return values;
    }

    private static Failure Wrong(string name, string value, string right) =>
        new(FailureKind.Invalid, "value", $"'{value}' is not a value of {name}: it takes {right}.", name);

    private static Failure Unsupported(string name, string message) => new(FailureKind.NotSupported, "not-supported", message, name);
}
