using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Capability;
using Salus.Records.Compartment;
using Salus.Records.Create;
using Salus.Records.Delete;
using Salus.Records.GraphQl;
using Salus.Records.History;
using Salus.Records.Import.Bulk;
using Salus.Records.Jobs;
using Salus.Records.Operations;
using Salus.Records.Patch;
using Salus.Records.Read;
using Salus.Records.Search;
using Salus.Records.Storage;
using Salus.Records.Subscriptions;
using Salus.Records.Terminology;
using Salus.Records.Transaction;
using Salus.Records.Update;
using Salus.Records.Views;

namespace Salus.Records.Http;

/// <summary>Every route of the FHIR REST API, in one table.</summary>
internal static class FhirEndpoints
{
    public const string Base = "/fhir";

    // http://hl7.org/fhir/R4/http.html: HEAD answers as GET does, without the body.
    private static readonly string[] Reads = [HttpMethods.Get, HttpMethods.Head];
    private const string QueryPlace = "query";
    private static readonly string[] Calls = [HttpMethods.Get, HttpMethods.Head, HttpMethods.Post];

    public static void Map(IEndpointRouteBuilder routes)
    {
        var fhir = routes.MapGroup(Base).ByGrants();
        ViewEndpoints.Map(fhir);
        SubscriptionEndpoints.MapStreams(fhir);
        fhir.MapMethods("/metadata", Reads, (HttpContext http, CapabilityStatement capability, TerminologyCapabilities terminology) =>
            FhirExchange.RunAsync(http, e => Task.FromResult<Outcome<Reply>>(Reply.Bundle(e.Query.Any(p => p is { Key: "mode", Value: "terminology" }) ? terminology.Json(e.Address) : capability.Json(e.Address))))).ForEverybody();
        fhir.MapPost("/", (HttpContext http, BundleInteraction bundle) => FhirExchange.RunAsync(http, async e =>
            await e.BodyAsync() is var body && body.Failed(out var failure) ? failure : await e.Later.BundleAsync(e, body.Value) is { } later ? later : await bundle.RunAsync(e.Caller, body.Value, e.Return, e.Address, e.Stop)));
        fhir.MapMethods("/", Reads, (HttpContext http, SystemSearch search) => FhirExchange.RunAsync(http, e => search.RunAsync(e.Caller, e.Query, e.Address, e.Stop)));
        fhir.MapPost("/_search", (HttpContext http, SystemSearch search) => FhirExchange.RunAsync(http, async e =>
            await e.FormAsync() is var form && form.Failed(out var failure) ? failure : await search.RunAsync(e.Caller, e.Query.Concat(form.Value), e.Address, e.Stop)));
        fhir.MapMethods("/_history", Reads, (HttpContext http, HistoryInteraction history) => FhirExchange.RunAsync(http, e => history.RunAsync(e.Caller, null, null, e.Query, e.Address, e.Stop)));

        fhir.MapMethods("/{type:alpha}", Reads, (string type, HttpContext http, SearchInteraction search) => FhirExchange.RunAsync(http, e =>
            e.OfType(type, t => search.RunAsync(e.Caller, t.Name, e.Query, e.Lenient, e.Address, e.Stop))));
        fhir.MapPost("/{type}/_search", (string type, HttpContext http, SearchInteraction search) => FhirExchange.RunAsync(http, e =>
            e.OfType(type, async t => await e.FormAsync() is var form && form.Failed(out var failure)
                ? failure
                : await e.Later.SearchAsync(e, t.Name, e.Query.Concat(form.Value)) is { } later ? later
                : await search.RunAsync(e.Caller, t.Name, e.Query.Concat(form.Value), e.Lenient, e.Address, e.Stop))));
        fhir.MapMethods("/{type}/_search", Reads, NoRouteAsync);
        fhir.MapPost("/{type:alpha}", (string type, HttpContext http, CreateInteraction create) => FhirExchange.RunAsync(http, e =>
            e.OfOne(type, null, t => e.WithResourceAsync(resource => e.HeaderTwice("If-None-Exist") is { } twice
                ? Task.FromResult<Outcome<Reply>>(twice)
                : create.RunAsync(e.Caller, t, resource, e.Header("If-None-Exist") is { } query ? (query, "If-None-Exist") : null, e.Address, e.Stop)))));

        fhir.MapPut("/{type:alpha}", (string type, HttpContext http, ConditionalUpdate update) => FhirExchange.RunAsync(http, e =>
            e.OfType(type, t => e.WithResourceAsync(resource => e.ConditionAsync(condition => update.RunAsync(e.Caller, t, e.Criteria, QueryPlace, resource, condition, e.Address, e.Stop))))));
        fhir.MapPatch("/{type:alpha}", (string type, HttpContext http, ConditionalPatch patch) => FhirExchange.RunAsync(http, e =>
            e.OfType(type, t => e.WithPatchAsync(body => e.ConditionAsync(condition => patch.RunAsync(e.Caller, t, e.Criteria, QueryPlace, body, condition, e.Address, e.Stop))))));
        fhir.MapDelete("/{type:alpha}", (string type, HttpContext http, ConditionalDelete delete) => FhirExchange.RunAsync(http, e =>
            e.OfType(type, t => e.ConditionAsync(condition => delete.RunAsync(e.Caller, t, e.Criteria, QueryPlace, condition, e.Address, e.Stop)))));

        fhir.MapMethods("/{type}/_history", Reads, (string type, HttpContext http, HistoryInteraction history) => FhirExchange.RunAsync(http, e =>
            e.OfType(type, t => history.RunAsync(e.Caller, t, null, e.Query, e.Address, e.Stop))));
        fhir.MapMethods("/{type}/{id}", Reads, (string type, string id, HttpContext http, ResourceVersions versions) => FhirExchange.RunAsync(http, e =>
            e.OfOne(type, id, t => AnswerShape.ReadAsync(t, e.Query, e.Definitions, () => versions.ReadAsync(e.Caller, t, id, e.Stop)))));
        fhir.MapPut("/{type}/{id}", (string type, string id, HttpContext http, UpdateInteraction update) => FhirExchange.RunAsync(http, e =>
            e.OfOne(type, id, t => e.WithResourceAsync(resource => e.ConditionAsync(condition => update.RunAsync(e.Caller, t, id, resource, condition, e.Stop))))));
        fhir.MapPatch("/{type}/{id}", (string type, string id, HttpContext http, PatchInteraction patch) => FhirExchange.RunAsync(http, e =>
            e.OfOne(type, id, t => e.WithPatchAsync(body => e.ConditionAsync(condition => patch.RunAsync(e.Caller, t, id, body, condition, e.Stop))))));
        fhir.MapDelete("/{type}/{id}", (string type, string id, HttpContext http, DeleteInteraction delete) => FhirExchange.RunAsync(http, e =>
            e.OfOne(type, id, t => e.ConditionAsync(condition => delete.RunAsync(e.Caller, t, id, condition, e.Stop)))));
        fhir.MapMethods("/{type}/{id}/_history", Reads, (string type, string id, HttpContext http, HistoryInteraction history) => FhirExchange.RunAsync(http, e =>
            e.OfType(type, t => Preparation.CheckId(id) is { } wrong ? Task.FromResult<Outcome<Reply>>(wrong) : history.RunAsync(e.Caller, t, id, e.Query, e.Address, e.Stop))));
        fhir.MapMethods("/{type}/{id}/_history/{version}", Reads, (string type, string id, string version, HttpContext http, ResourceVersions versions) => FhirExchange.RunAsync(http, e =>
            e.OfOne(type, id, t => AnswerShape.ReadAsync(t, e.Query, e.Definitions, () => versions.ReadVersionAsync(e.Caller, t, id, version, e.Stop)))));

        fhir.MapMethods("/{type}/{id}/{target}", Reads, (string type, string id, string target, HttpContext http, CompartmentSearch search) => FhirExchange.RunAsync(http, e =>
            e.OfType(type, t => search.RunAsync(e.Caller, t, id, target, e.Query, e.Lenient, e.Address, e.Stop))));
        fhir.MapPost("/{type}/{id}/{target}/_search", (string type, string id, string target, HttpContext http, CompartmentSearch search) => FhirExchange.RunAsync(http, e =>
            e.OfType(type, async t => await e.FormAsync() is var form && form.Failed(out var failure)
                ? failure
                : await search.RunAsync(e.Caller, t, id, target, [.. e.Query, .. form.Value], e.Lenient, e.Address, e.Stop))));

        fhir.MapMethods($"/{JobStatus.Path}/{{id}}", Reads, (string id, HttpContext http, JobStatus jobs) => FhirExchange.RunAsync(http, e => jobs.AskAsync(e.Caller, id, e.Address, e.Stop)));
        fhir.MapDelete($"/{JobStatus.Path}/{{id}}", (string id, HttpContext http, JobStatus jobs) => FhirExchange.RunAsync(http, e => jobs.CancelAsync(e.Caller, id, e.Stop)));
        fhir.MapMethods($"/{JobStatus.Path}/{{id}}/{{file}}", Reads, (string id, string file, HttpContext http, JobStatus jobs) =>
            FhirExchange.RunAsync(http, e => jobs.FileAsync(e.Caller, id, file, e.Stop), anyFormat: true));

        GraphQlOperation.Map(fhir);
        fhir.MapPost("/$import", ImportOperation.HandleAsync);

        // Every operation: OperationSet knows which there are.
        fhir.MapMethods("/${operation}", Calls, (string operation, HttpContext http, OperationSet operations) => OperationSet.HandleAsync(http, operations, null, null, operation));
        fhir.MapMethods("/{type}/${operation}", Calls, (string type, string operation, HttpContext http, OperationSet operations) => OperationSet.HandleAsync(http, operations, type, null, operation));
        fhir.MapMethods("/{type}/{id}/${operation}", Calls, (string type, string id, string operation, HttpContext http, OperationSet operations) => OperationSet.HandleAsync(http, operations, type, id, operation));

        // The framework's default pattern leaves out paths with a dot.
        fhir.MapFallback("{**path}", NoRouteAsync);
    }

    private static Task NoRouteAsync(HttpContext http) => FhirExchange.RunAsync(http, e => Task.FromResult(NoRoute(http, e.Definitions)));

    private static Outcome<Reply> NoRoute(HttpContext http, FhirDefinitions definitions)
    {
        var segments = http.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (segments is [_, "_search"])
        {
            return OperationOutcome.Reply(405, "not-supported", $"A search of several types is POST {Base}/_search with a form, or GET {Base}?_type=Patient,Observation&...");
        }

        if (segments is [_, _, "_search"] && definitions.Resource(segments[1]) is not null)
        {
            return OperationOutcome.Reply(405, "not-supported", $"A search is POST {Base}/{segments[1]}/_search with a form, or GET {Base}/{segments[1]}?...");
        }

        if (segments.Length > 1 && definitions.Resource(segments[1]) is null && segments[1] is not ("metadata" or "_history" or ['$', ..]))
        {
            return FhirExchange.UnknownType(segments[1]);
        }

        var message = $"{http.Request.Method} {http.Request.Path} is not an interaction of this server; {Base}/metadata lists what is.";
        return segments.Length <= 3 && !(segments is [_, _, ['_' or '$', ..]])
            ? OperationOutcome.Reply(405, "not-supported", message)
            : new Failure(FailureKind.NotFound, "not-supported", message);
    }
}
