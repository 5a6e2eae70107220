using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Access;
using Salus.Records.Http;
using Salus.Records.Operations;
using Salus.Records.Read;
using Salus.Records.Search;
using Salus.Records.SearchParameters;
using Salus.Records.Storage;

namespace Salus.Records.GraphQl;

/// <summary>
/// <c>$graphql</c> (http://hl7.org/fhir/R4/graphql.html) on the system and on one resource: read, plan, run, write. It is no <c>IOperation</c>: those take and give FHIR resources.
/// Documents read and nothing else.
/// </summary>
internal sealed class GraphQlOperation(
    ExecutionServices services, ResourceVersions versions, ParameterLoader definitions, IQueryVeil veil, IOptions<GraphQlOptions> limits, IOptions<RecordsOptions> options, TimeProvider time)
{
    /// <summary>For the CapabilityStatement, and for who calls it elsewhere.</summary>
    public static readonly OperationDefinition Definition = new("graphql", "http://hl7.org/fhir/OperationDefinition/Resource-graphql", OperationLevels.System | OperationLevels.Instance);

    /// <summary>The most characters of what the audit trail is told of the searches.</summary>
    private const int MostTold = 4000;

    private static readonly string[] Calls = [HttpMethods.Get, HttpMethods.Head, HttpMethods.Post];

    public static void Map(IEndpointRouteBuilder fhir)
    {
        fhir.MapMethods("/$graphql", Calls, (HttpContext http, GraphQlOperation graphQl) => FhirExchange.RunAsync(http, e => graphQl.RunAsync(e, http.Request, null, null), anyFormat: true));
        fhir.MapMethods("/{type}/{id}/$graphql", Calls, (string type, string id, HttpContext http, GraphQlOperation graphQl) =>
            FhirExchange.RunAsync(http, e => graphQl.RunAsync(e, http.Request, type, id), anyFormat: true));
    }

    private async Task<Outcome<Reply>> RunAsync(FhirExchange exchange, HttpRequest http, string? type, string? id)
    {
        if (!exchange.Caller.IsKnown)
        {
            return Refused(AccessConditions.Forbidden(exchange.Caller, "any", Interactions.Read));
        }

        var definition = type is null ? null : exchange.Definitions.Resource(type);
        if ((type is not null && definition is null ? FhirExchange.UnknownType(type) : id is null ? null : Preparation.CheckId(id)) is { } wrong)
        {
            return Refused(wrong);
        }

        var request = await GraphQlRequest.ReadAsync(exchange, http, limits.Value);
        if (request.Failed(out var unread))
        {
            return Refused(unread);
        }

        try
        {
            while (true)
            {
                var version = definitions.Version;
                var reply = await RunAsync(exchange, request.Value, definition, id);
                // What another process made known meanwhile may be what was missing.
                if (reply.Status == 200 || !await definitions.RefreshAfterAsync(version, exchange.Stop))
                {
                    return reply;
                }
            }
        }
        catch (Exception e) when (DatabaseFault.Is(e) && !exchange.Stop.IsCancellationRequested)
        {
            return Refused(SearchInteraction.IsTimeout(e) ? SearchInteraction.TooSlow(options.Value) : Failures.OfRead(e));
        }
    }

    private async Task<Reply> RunAsync(FhirExchange exchange, GraphQlRequest request, TypeDefinition? type, string? id)
    {
        var seconds = options.Value.SearchTimeoutSeconds;
        var left = new TimeLeft(time, seconds);
        try
        {
            var document = QueryDocument.Parse(request.Document, request.Operation);
            var planner = new Planner(document, new VariableValues(document, request.Variables, services.Definitions), services.Searches, services.Definitions, limits.Value);
            var plan = planner.Whole(new Scope(type is null ? ScopeKind.System : ScopeKind.Type, type));
            var errors = new ErrorList(document);
            var budget = new Budget(limits.Value, left, seconds, exchange.Stop);
            var expansion = new Expansion(planner, services.Definitions, budget, exchange.Address, errors);
            var execution = new Execution(services, exchange.Caller, expansion, budget, left, errors, exchange.Address);
            return type is null ? Answer(await execution.SystemAsync(plan), execution, errors) : await InstanceAsync(exchange, type, id!, plan, execution, errors, budget);
        }
        catch (GraphQlFault fault)
        {
            return Refused(fault.Kind, fault.Errors);
        }
    }

    private async Task<Reply> InstanceAsync(FhirExchange exchange, TypeDefinition type, string id, SelectionPlan plan, Execution execution, ErrorList errors, Budget budget)
    {
        var read = await versions.ReadAsync(exchange.Caller, type, id, exchange.Stop);
        if (read.Failed(out var failure))
        {
            return Refused(failure);
        }

        budget.TakeResources(1);
        return Answer(await execution.InstanceAsync(plan, new FoundResource(0, type.Name, id, read.Value.Body, [.. read.Value.Patients])), execution, errors);
    }

    private Reply Answer(OutObject data, Execution execution, ErrorList errors)
    {
        var asked = string.Join(' ', execution.Asked.Select(Veiled));
        return Json(200, AnswerWriter.Write(data, errors.All)) with
        {
            Patients = execution.Patients,
            Asked = asked.Length <= MostTold ? asked : asked[..MostTold] + "…",
            Denied = errors.Forbidden.Count == 0 ? null : string.Join(", ", errors.Forbidden),
        };
    }

    private string Veiled((string Place, IReadOnlyList<KeyValuePair<string, string>> Query) asked) =>
        asked.Query.Count == 0 ? asked.Place : $"{asked.Place}?{string.Join('&', asked.Query.Select(p => $"{p.Key}={veil.Value(p.Key, p.Value)}"))}";

    private static Reply Refused(Failure failure) => Json(OperationOutcome.Reply(failure).Status, AnswerWriter.Write(null, [.. GraphQlError.Of(failure)]));

    private static Reply Refused(FailureKind kind, IReadOnlyList<GraphQlError> errors) => Json(OperationOutcome.Status(kind), AnswerWriter.Write(null, errors));

    private static Reply Json(int status, ReadOnlyMemory<byte> body) => new(status) { Body = body, ContentType = "application/json; charset=utf-8" };
}
