using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Salus.Access.BreakGlass;
using Salus.Kernel;

namespace Salus.Access.Audit;

/// <summary>The trail for the privacy officer, and one's own for a patient. Whoever reads it stands in it.</summary>
internal static class AuditRoutes
{
    private const string Fhir = "application/fhir+json";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/admin/access/audit", SearchAsync).ForPermission(Permissions.Audit);
        routes.MapGet("/admin/access/audit/days", DaysAsync).ForPermission(Permissions.Audit);
        routes.MapPost("/admin/access/audit/verify", VerifyAsync).ForPermission(Permissions.Audit);
        routes.MapGet("/access/my-record/audit", OwnAsync).ForSignedIn();
        routes.MapPost("/access/print", PrintAsync).ForSignedIn();
    }

    private static async Task<IResult> SearchAsync(HttpContext http, AuditSearch search, OpeningTable openings, IAuditTrail trail, CancellationToken ct)
    {
        var query = AuditQuery.Parse(http.Request.Query, AuditQuery.Names);
        if (query.Failed(out var wrong))
        {
            return Body.Refuse(wrong);
        }

        var caller = http.Caller();
        var (rows, next) = await search.PageAsync(caller.Tenant, query.Value, ct);
        await ToldAsync(http, trail, query.Value.Patient is { } patient ? [patient] : []);
        var accept = http.Request.Headers.Accept.ToString();
        if (accept.Contains("text/csv", StringComparison.OrdinalIgnoreCase))
        {
            http.Response.Headers.ContentDisposition = "attachment; filename=audit.csv";
            return Results.Text(AuditCsv.Of(rows), "text/csv", Encoding.UTF8);
        }

        if (accept.Contains(Fhir, StringComparison.OrdinalIgnoreCase))
        {
            return Results.Text(AuditEventJson.Bundle(rows, Url(http, null), next is null ? null : Url(http, next)).ToJsonString(), Fhir, Encoding.UTF8);
        }

        var reasons = await ReasonsAsync(openings, caller, rows, ct);
        return Results.Json(new { entries = rows.Select(r => Entry(r, Why(r, reasons))), next });
    }

    private static async Task<IResult> DaysAsync(HttpContext http, AuditSearch search, IAuditTrail trail, CancellationToken ct)
    {
        var days = await search.DaysAsync(http.Caller().Tenant, ct);
        await ToldAsync(http, trail, []);
        return Results.Json(days);
    }

    private static async Task<IResult> VerifyAsync(HttpContext http, AuditCheck check, IAuditTrail trail, CancellationToken ct)
    {
        var order = await JsonBody.ReadOptionalAsync<VerifyOrder>(http);
        if (order.Failed(out var wrong))
        {
            return Body.Refuse(wrong);
        }

        await ToldAsync(http, trail, []);
        var verdict = await check.RunAsync(order.Value?.Day, ct);
        return Results.Json(new { ok = verdict.Ok, @checked = verdict.Checked, firstBad = verdict.FirstBad });
    }

    // "Who looked at my record": the patient's own, or that of the patient for whom a RelatedPerson stands.
    private static async Task<IResult> OwnAsync(HttpContext http, AuditSearch search, OpeningTable openings, IAuditTrail trail, IOwnRecord record, CancellationToken ct)
    {
        var caller = http.Caller();
        var query = AuditQuery.Parse(http.Request.Query, AuditQuery.OwnNames);
        if (query.Failed(out var wrong))
        {
            return Body.Refuse(wrong);
        }

        if ((caller.Person is ['P', 'a', 't', 'i', 'e', 'n', 't', '/', .. var id] ? id : await record.PatientAsync(caller, ct)) is not { } patient)
        {
            return Answer.Forbidden("Your account belongs to no patient of this record, and stands in for none whose record you may read.");
        }

        var (rows, next) = await search.PageAsync(caller.Tenant, query.Value with { Patient = patient }, ct);
        await ToldAsync(http, trail, [patient]);
        var reasons = await ReasonsAsync(openings, caller, rows, ct);
        var entries = rows.Where(r => r.Kind != AuditKind.AuditRead).Select(r => new
        {
            at = r.At,
            who = r.Name ?? r.Actor,
            role = string.Join(", ", r.Roles),
            why = Why(r, reasons),
            what = r.ResourceId is null ? r.Type : $"{r.Type}/{r.ResourceId}",
            kind = JsonNamingPolicy.CamelCase.ConvertName(r.Kind.ToString()),
            breakGlass = r.Openings.Count > 0,
        });
        return Results.Json(new { entries, next });
    }

    private static async Task<IResult> PrintAsync(HttpContext http, IAuditTrail trail)
    {
        var read = await JsonBody.ReadAsync<PrintNote>(http);
        if (read.Failed(out var wrong))
        {
            return Body.Refuse(wrong);
        }

        var note = read.Value;
        if (string.IsNullOrWhiteSpace(note.Type) || string.IsNullOrWhiteSpace(note.Id))
        {
            return Answer.Invalid(string.IsNullOrWhiteSpace(note.Type) ? "type" : "id", "What was printed has a type and an id, such as Patient and 1.");
        }

        // Nobody notes in the trail of a patient that they read what they may not: whose own record is all that they see prints nothing else.
        var own = http.Caller().Permit.For(note.Type, Interactions.Read);
        if (own is null || (note.Type == "Patient" && own.Any(l => l.All(g => g.Reach is Reach.Own)) && http.Caller().Person != $"Patient/{note.Id}"))
        {
            return Answer.Forbidden("You may not read this, so you cannot have printed it.");
        }

        var entry = new AuditEntry(http.Caller(), AuditKind.Print) { Type = note.Type, Id = note.Id, Detail = note.What, Patients = note.Type == "Patient" ? [note.Id] : [] };
        await trail.WriteAsync([entry], CancellationToken.None);
        return Results.NoContent();
    }

    private static Task<IReadOnlyDictionary<Guid, string>> ReasonsAsync(OpeningTable openings, Caller caller, IEnumerable<AuditRow> rows, CancellationToken ct) =>
        openings.ReasonsAsync(caller.Tenant, rows.SelectMany(r => r.Openings), ct);

    // The purpose that came with the request, and the reasons that were given for opening the record by break-glass.
    private static string? Why(AuditRow row, IReadOnlyDictionary<Guid, string> reasons)
    {
        var all = row.Openings.Select(o => reasons.GetValueOrDefault(o)).Prepend(row.Purpose).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        return all.Count == 0 ? null : string.Join("; ", all);
    }

    private static async Task ToldAsync(HttpContext http, IAuditTrail trail, IReadOnlyCollection<string> patients) => await trail.WriteAsync(
        [new AuditEntry(http.Caller(), AuditKind.AuditRead) { Type = "audit", Patients = patients, Query = $"{http.Request.Path}{http.RequestServices.GetRequiredService<IQueryVeil>().Query(http.Request.QueryString.Value ?? "")}" }], CancellationToken.None);

    private static object Entry(AuditRow row, string? why) => new
    {
        id = row.Id,
        at = row.At,
        kind = JsonNamingPolicy.CamelCase.ConvertName(row.Kind.ToString()),
        action = (string?)AuditEventJson.Of(row)["action"],
        outcome = JsonNamingPolicy.CamelCase.ConvertName(row.Outcome.ToString()),
        actor = row.Actor,
        actorName = row.Name,
        roles = row.Roles,
        person = row.Person,
        client = row.Client,
        session = row.Session,
        address = row.Address,
        purpose = row.Purpose,
        why,
        type = row.Type,
        resourceId = row.ResourceId,
        version = row.Version == 0 ? (int?)null : row.Version,
        patients = row.Patients,
        query = row.Query,
        detail = row.Detail,
        request = row.Request,
        breakGlass = row.Openings,
    };

    private static string Url(HttpContext http, string? cursor)
    {
        var query = http.Request.Query.Where(q => q.Key != "cursor").SelectMany(q => q.Value, (q, v) => $"{Uri.EscapeDataString(q.Key)}={Uri.EscapeDataString(v ?? "")}");
        var all = string.Join('&', cursor is null ? query : query.Append($"cursor={cursor}"));
        return string.Create(CultureInfo.InvariantCulture, $"{http.Request.Scheme}://{http.Request.Host}{http.Request.Path}{(all.Length > 0 ? "?" : "")}{all}");
    }

    internal sealed record VerifyOrder(DateOnly? Day);

    internal sealed record PrintNote(string? Type, string? Id, string? What);
}
