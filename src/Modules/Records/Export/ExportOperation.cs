using Microsoft.Extensions.Options;
using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Access;
using Salus.Records.Http;
using Salus.Records.Jobs;
using Salus.Records.Operations;
using Salus.Records.Read;
using Salus.Records.Search;

namespace Salus.Records.Export;

/// <summary>Where an export is asked for: Patient, Group, or null for the system.</summary>
internal sealed record ExportLevel(string? Type);

/// <summary>$export of the system, of all patients, or of a group (https://hl7.org/fhir/uv/bulkdata/STU2/export.html): notes the job and answers where to ask for it.</summary>
internal sealed class ExportOperation(ExportLevel level, JobTable jobs, ResourceVersions versions, SearchParser searches, SearchSql plan, FhirDefinitions definitions, IOptions<RecordsOptions> options)
    : IOperation
{
    public const string Name = "export";

    public OperationDefinition Definition { get; } = new(
        Name, $"http://hl7.org/fhir/uv/bulkdata/OperationDefinition/{(level.Type is null ? "" : level.Type.ToLowerInvariant() + "-")}export",
        level.Type switch { null => OperationLevels.System, "Patient" => OperationLevels.Type, _ => OperationLevels.Instance })
    {
        Types = level.Type is { } only ? [only] : [],
        Parameters = [new("_since", "instant"), new("_type", "string", Many: true), new("_typeFilter", "string", Many: true), new("_outputFormat", "string")],
    };

    public async Task<Outcome<Reply>> RunAsync(OperationCall call)
    {
        if (!call.Caller.Permit.Has(Permissions.Export))
        {
            return new Failure(FailureKind.Forbidden, "forbidden", $"An export needs the permission {Permissions.Export}, which you do not have.");
        }

        if (!call.RespondAsync)
        {
            return new Failure(FailureKind.Invalid, "required", "$export is answered later: send the header Prefer: respond-async.", "Prefer");
        }

        var request = ExportRequest.Parse(call, definitions, searches);
        if (request.Failed(out var failure))
        {
            return failure;
        }

        request = Allowed(call, request.Value);
        if (request.Failed(out failure))
        {
            return failure;
        }

        if (call.Id is { } group)
        {
            var read = await versions.ReadAsync(call.Caller, call.Type!, group, call.Stop);
            if (read.Failed(out failure))
            {
                return failure;
            }
        }

        if (await AskAsync(call, request.Value) is { } wrong)
        {
            return wrong;
        }

        var path = $"{(call.Type is null ? "" : call.Type.Name + "/")}{(call.Id is null ? "" : call.Id + "/")}$export";
        var query = string.Join('&', call.Query.Select(p => $"{Uri.EscapeDataString(p.Key)}={Uri.EscapeDataString(p.Value)}"));
        var export = request.Value;
        var order = new JobOrder(
            IJobKind.Export, $"{call.Address}/{path}{(query.Length == 0 ? "" : "?" + query)}", export.ToJson(), export.Types.Count + (export.Since is null ? 0 : 1), options.Value.MaxExports);
        return await jobs.AddAsync(call.Caller, order, call.Stop) is { } id
            ? JobStatus.Begun(call.Address, id, "The export has begun;")
            : JobStatus.TooMany(order, "Salus:Records:MaxExports");
    }

    // What the caller may search: of all types those that they may, of types that they name every one.
    private static Outcome<ExportRequest> Allowed(OperationCall call, ExportRequest request)
    {
        var refused = request.Types.Where(t => call.Caller.Permit.For(t, Interactions.Search) is null).ToList();
        return refused.Count > 0 && (refused.Count == request.Types.Count || call.Parameters.Has("_type"))
            ? AccessConditions.Forbidden(call.Caller, refused[0], Interactions.Search)
            : request with { Types = [.. request.Types.Except(refused)] };
    }

    /// <summary>Null, or what about the values of its filters cannot be asked, which shows when they become SQL: the job would find it out too late to be told.</summary>
    private async Task<Failure?> AskAsync(OperationCall call, ExportRequest request)
    {
        foreach (var filter in request.Filters)
        {
            var sql = await plan.MatchingAsync(call.Caller, ExportRequest.Filter(filter, request.Types, searches).Value, [], call.Stop);
            if (sql.Failed(out var failure))
            {
                return failure with { Problems = [.. failure.Problems.Select(p => p with { Path = "_typeFilter" })] };
            }
        }

        return null;
    }
}
