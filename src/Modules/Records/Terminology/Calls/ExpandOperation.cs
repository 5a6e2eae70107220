using Microsoft.Extensions.Options;
using Salus.Kernel;
using Salus.Records.Http;
using Salus.Records.Operations;
using Salus.Records.Terminology.Store;
using Salus.Records.Terminology.ValueSets;

namespace Salus.Records.Terminology.Calls;

/// <summary>ValueSet/$expand (http://hl7.org/fhir/R4/valueset-operation-expand.html).</summary>
internal sealed class ExpandOperation(Terminologies terminologies, NamedResource named, IOptions<RecordsOptions> options, TimeProvider time) : IOperation
{
    public OperationDefinition Definition { get; } =
        new("expand", "http://hl7.org/fhir/OperationDefinition/ValueSet-expand", OperationLevels.Type | OperationLevels.Instance)
        {
            Types = ["ValueSet"],
            Parameters =
            [
                new("url", "uri"), new("valueSet", "ValueSet") { IsResource = true }, new("valueSetVersion", "string"), new("filter", "string"), new("offset", "integer"),
                new("count", "integer"), new("includeDesignations", "boolean"), new("designation", "string", Many: true), new("includeDefinition", "boolean"),
                new("activeOnly", "boolean"), new("excludeNested", "boolean"), new("excludeNotForUI", "boolean"), new("excludePostCoordinated", "boolean"),
                new("displayLanguage", "code"), new("exclude-system", "canonical", Many: true), new("system-version", "canonical", Many: true),
                new("check-system-version", "canonical", Many: true), new("force-system-version", "canonical", Many: true),
            ],
        };

    public async Task<Outcome<Reply>> RunAsync(OperationCall call)
    {
        var request = ExpansionRequest.Of(call.Parameters);
        if (request.Offset < 0 || request.Count < 0)
        {
            var name = request.Offset < 0 ? "offset" : "count";
            return new Failure(FailureKind.Invalid, "value", $"'{name}' of $expand is {(request.Offset < 0 ? request.Offset : request.Count)}; it takes 0 or more.", name);
        }

        var view = await terminologies.CurrentAsync(call.Caller.Tenant, call.Stop);
        var found = await named.ValueSetAsync(call, view);
        if (found.Failed(out var failure))
        {
            return failure;
        }

        var versions = new SystemVersions(call.Parameters);
        var set = versions.Apply(found.Value.Set);
        var codes = await view.ExpandAsync(set, found.Value.ByUrl && versions.IsEmpty, call.Stop);
        if (codes.Failed(out failure) || versions.Check(codes.Value) is { } failed && (failure = failed) is not null)
        {
            return failure;
        }

        return Page(set, [.. codes.Value.Where(c => !request.ExcludedSystems.Any(e => e == c.Url || e == $"{c.Url}|{c.Version}")).Select(c => Shaped(c, request))], request, call.Parameters);
    }

    private Outcome<Reply> Page(ValueSet set, List<CodeSelection> codes, ExpansionRequest request, OperationParameters parameters)
    {
        var (limit, total) = (options.Value.MaxExpandedCodes, codes.Sum(c => c.Count));
        if (request.Count is null && total - request.Offset > limit)
        {
            return new Failure(
                FailureKind.TooCostly, "too-costly",
                $"The expansion of {set.Canonical} has {total} codes, more than {limit} at once (Salus:Records:MaxExpandedCodes). Ask for a page with 'count' and 'offset', or for fewer with 'filter'.");
        }

        // The page of a caller who asks for more than that is smaller than he asked for: the total tells.
        var count = request.Count is { } asked ? Math.Min(asked, limit) : request.Offset > 0 ? limit : (int?)null;
        var used = codes.Where(c => c.Version is not null).Select(c => ("version", "uri", $"{c.Url}|{c.Version}")).Distinct();
        return new Reply(200) { Body = new ExpansionWriter(request).Write(set, codes, Given(parameters).Concat(used), count, time.GetUtcNow()) };
    }

    private static CodeSelection Shaped(CodeSelection codes, ExpansionRequest request)
    {
        codes = request.ActiveOnly ? codes.Active() : codes;
        codes = request.SelectableOnly ? codes.Selectable() : codes;
        return request.Filter is { } filter ? codes.Matching(filter) : codes;
    }

    private IEnumerable<(string Name, string Type, string Value)> Given(OperationParameters parameters) =>
        from parameter in Definition.Parameters
        where parameter.Name is not ("url" or "valueSet" or "valueSetVersion")
        from value in parameters.Texts(parameter.Name)
        select (parameter.Name, parameter.Type is "canonical" ? "uri" : parameter.Type, value);
}
