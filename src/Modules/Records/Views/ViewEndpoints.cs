using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Salus.Kernel;
using Salus.Records.Http;

namespace Salus.Records.Views;

/// <summary>The routes of ViewDefinitions. Their type stands in the path, so they come before those of all types.</summary>
internal static class ViewEndpoints
{
    private const string Path = "/ViewDefinition";
    private static readonly string[] Reads = [HttpMethods.Get, HttpMethods.Head];
    private static readonly string[] Calls = [HttpMethods.Get, HttpMethods.Post];

    public static void Map(IEndpointRouteBuilder fhir)
    {
        fhir.MapMethods(Path, Reads, (HttpContext http, ViewInteractions views) => FhirExchange.RunAsync(http, e => views.SearchAsync(e.Caller, e.Query, e.Address, e.Stop)));
        fhir.MapPost(Path, (Delegate)NoCreateAsync);
        fhir.MapMethods(Path + "/{id}", Reads, (string id, HttpContext http, ViewInteractions views) => FhirExchange.RunAsync(http, e => views.ReadAsync(e.Caller, id, e.Stop)));
        fhir.MapPut(Path + "/{id}", (string id, HttpContext http, ViewInteractions views) => FhirExchange.RunAsync(http, async e =>
            await e.BodyAsync() is var body && body.Failed(out var failure) ? failure : await views.UpdateAsync(e.Caller, id, body.Value, e.Stop)));
        fhir.MapDelete(Path + "/{id}", (string id, HttpContext http, ViewInteractions views) => FhirExchange.RunAsync(http, e => views.DeleteAsync(e.Caller, id, e.Stop)));
        fhir.MapMethods(Path + "/{id}/$materialization", Reads, (string id, HttpContext http, ViewInteractions views) => FhirExchange.RunAsync(http, e => views.StatusAsync(e.Caller, id, e.Stop)));

        fhir.MapMethods("/$viewdefinition-run", Calls, (HttpContext http, ViewRunOperation run) => FhirExchange.RunAsync(http, e => run.RunAsync(e, null, http), anyFormat: true));

        // Its name in the specification, and the short one that its examples use.
        foreach (var name in (string[])["$run", "$viewdefinition-run"])
        {
            fhir.MapMethods($"{Path}/{name}", Calls, (HttpContext http, ViewRunOperation run) => FhirExchange.RunAsync(http, e => run.RunAsync(e, null, http), anyFormat: true));
            fhir.MapMethods($"{Path}/{{id}}/{name}", Calls, (string id, HttpContext http, ViewRunOperation run) => FhirExchange.RunAsync(http, e => run.RunAsync(e, id, http), anyFormat: true));
        }
    }

    private static Task NoCreateAsync(HttpContext http) => FhirExchange.RunAsync(http, _ => Task.FromResult<Outcome<Reply>>(
        OperationOutcome.Reply(405, "not-supported", "A ViewDefinition is stored under an id of your choice: PUT ViewDefinition/[id].")));
}
