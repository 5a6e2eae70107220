using System.Text;
using System.Text.Json;
using Salus.Fhir.Definitions;
using Salus.Fhir.Primitives;
using Salus.Kernel;
using Salus.Records.Operations;
using Salus.Records.Search;
using Salus.Records.Search.Parameters;

namespace Salus.Records.Export;

/// <summary>What is exported, understood (https://hl7.org/fhir/uv/bulkdata/STU2/export.html).</summary>
/// <param name="Level">System, Patient or Group.</param>
/// <param name="Group">The id of the group; null at the other levels.</param>
/// <param name="Types">The resource types, each once, in the order of the output.</param>
/// <param name="Since">Only what changed after this time, and what was deleted.</param>
/// <param name="Filters">Searches, such as <c>Observation?status=final</c>: of a type that has some, what one of them finds.</param>
internal sealed record ExportRequest(string Level, string? Group, IReadOnlyList<string> Types, DateTime? Since, IReadOnlyList<string> Filters)
{
    public static readonly string[] Formats = ["application/fhir+ndjson", "application/ndjson", "ndjson"];

    public static Outcome<ExportRequest> Parse(OperationCall call, FhirDefinitions definitions, SearchParser searches)
    {
        var wrong = call.Query.FirstOrDefault(p => p.Key is "_summary" or "_elements").Key;
        if (wrong is not null)
        {
            return new Failure(FailureKind.NotSupported, "not-supported", $"$export gives whole resources; leave {wrong} out.", wrong);
        }

        if (call.Parameters.Text("_outputFormat") is { } format && !Formats.Contains(format.Replace(' ', '+')))
        {
            return new Failure(FailureKind.NotSupported, "not-supported", $"_outputFormat={format} is not supported; {string.Join(", ", Formats)} are, and mean the same.", "_outputFormat");
        }

        DateTime? since = null;
        if (call.Parameters.Text("_since") is { } text)
        {
            if (!FhirDateTime.TryRead(Encoding.UTF8.GetBytes(text.Replace(' ', '+')), out var time) || !time.IsDateTime)
            {
                return new Failure(FailureKind.Invalid, "value", $"_since is '{text}'; it takes a time such as 2026-01-31T08:00:00Z.", "_since");
            }

            since = RecordParameter.Time(time.Low);
        }

        var types = TypesOf(call, definitions);
        if (types.Failed(out var failure))
        {
            return failure;
        }

        var filters = call.Parameters.Texts("_typeFilter").SelectMany(Split).ToList();
        foreach (var filter in filters)
        {
            var parsed = Filter(filter, types.Value, searches);
            if (parsed.Failed(out failure))
            {
                return failure;
            }
        }

        return new ExportRequest(call.Type?.Name ?? "System", call.Id, types.Value, since, filters);
    }

    /// <summary>A filter as a search.</summary>
    public static Outcome<SearchRequest> Filter(string filter, IReadOnlyList<string> types, SearchParser searches)
    {
        var question = filter.IndexOf('?', StringComparison.Ordinal);
        var type = question < 0 ? filter : filter[..question];
        if (question < 0 || !types.Contains(type))
        {
            return new Failure(FailureKind.Invalid, "value", $"'{filter}' is not a filter of an exported type; one looks like Observation?status=final.", "_typeFilter");
        }

        var query = QueryText.Pairs(filter[question..]);
        var request = searches.Parse(type, query, lenient: false);
        return request.Failed(out var failure)
            ? failure with { Problems = [.. failure.Problems.Select(p => p with { Path = "_typeFilter" })] }
            : request.Value.Criteria.Count > 0 && QueryText.IsCriteriaOnly(query, request.Value)
                ? request
                : new Failure(FailureKind.Invalid, "value", $"'{filter}' takes search criteria only, nothing that shapes an answer.", "_typeFilter");
    }

    public string ToJson() => JsonSerializer.Serialize(this);

    public static ExportRequest FromJson(string json) => JsonSerializer.Deserialize<ExportRequest>(json)!;

    private static Outcome<IReadOnlyList<string>> TypesOf(OperationCall call, FhirDefinitions definitions)
    {
        var all = call.Type is null ? definitions.ResourceTypes.Select(t => t.Name).ToList() : definitions.PatientCompartment.Keys.Append("Patient").Distinct().Order(StringComparer.Ordinal).ToList();
        var asked = call.Parameters.Texts("_type").SelectMany(t => t.Split(',', StringSplitOptions.TrimEntries)).Distinct().ToList();
        foreach (var type in asked)
        {
            if (definitions.Resource(type) is null || !all.Contains(type))
            {
                return new Failure(FailureKind.Invalid, "value", definitions.Resource(type) is null ? $"'{type}' is not a resource type of R4." : $"A {type} is never in the compartment of a patient.", "_type");
            }
        }

        return asked.Count > 0 ? asked : all;
    }

    // Filters are joined by commas; a comma in a search value is escaped or part of a list, and the next filter begins with a type.
    private static IEnumerable<string> Split(string text)
    {
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == ',' && text.IndexOf('?', i) is > 0 and var question && text.AsSpan((i + 1)..question).IndexOfAnyExcept(Letters) < 0)
            {
                yield return text[start..i];
                start = i + 1;
            }
        }

        yield return text[start..];
    }

    private static readonly System.Buffers.SearchValues<char> Letters = System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
}
