using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Salus.Kernel;
using Salus.Monitoring.Alerts;
using Salus.Monitoring.Monitors;

namespace Salus.Monitoring.Live;

/// <summary>Wards: which there are, and how it stands at one.</summary>
internal sealed class LiveRoutes(WardView wards, LiveSight sight, MonitorBook book, AlertTable alerts, IAuditTrail trail, TimeProvider time)
{
    private const int MostAlerts = 1000;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/monitoring/wards", (HttpContext http, LiveRoutes live) => live.ListAsync(http)).ByGrants();
        routes.MapGet("/monitoring/wards/{ward}", (string ward, HttpContext http, LiveRoutes live) => live.WardAsync(http, ward)).ByGrants();
        LiveEvents.Map(routes);
        LiveHub.Map(routes);
    }

    private async Task<IResult> ListAsync(HttpContext http)
    {
        var found = await wards.ListAsync(http.Caller(), http.RequestAborted);
        return found.Failed(out var failure) ? new Refused(failure) : Results.Json(found.Value.Select(w => new { id = w.Id, name = w.Name, beds = w.Beds }));
    }

    private async Task<IResult> WardAsync(HttpContext http, string name)
    {
        var (caller, ct) = (http.Caller(), http.RequestAborted);
        var found = await sight.WardAsync(caller, name, ct);
        if (found.Failed(out var failure))
        {
            return new Refused(failure);
        }

        var ward = found.Value;
        var open = await alerts.OpenAsync(caller.Tenant, [.. ward.Patients], MostAlerts, ct);
        await trail.WriteAsync([new AuditEntry(caller, AuditKind.Search) { Type = "Observation", Patients = [.. ward.Patients], Query = $"{http.Request.Path}{http.Request.QueryString}" }], ct);
        return new WrittenJson(json => LiveJson.Write(json, ward, p => book.Find(caller.Tenant, p), open.ToLookup(a => a.Patient), time.GetUtcNow().ToUnixTimeMilliseconds()));
    }
}
