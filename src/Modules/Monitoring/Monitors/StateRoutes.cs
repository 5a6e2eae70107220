using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Salus.Kernel;
using Salus.Monitoring.Alerts;
using Salus.Monitoring.Live;
using Salus.Records;

namespace Salus.Monitoring.Monitors;

/// <summary>The newest state of a patient, to those who may read the patient's Observations. Every answer with data is in the audit trail before it goes out.</summary>
internal sealed class StateRoutes(MonitorBook book, AlertTable alerts, PatientSight sight, IAuditTrail audit, TimeProvider time)
{
    private const int MostAlerts = 100;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/monitoring/patients/{id}", (string id, HttpContext http, StateRoutes r) => r.ReadAsync(http, id)).ByGrants();

    private async Task<IResult> ReadAsync(HttpContext http, string id)
    {
        var (caller, ct) = (http.Caller(), http.RequestAborted);
        var entry = new AuditEntry(caller, AuditKind.Read) { Type = "Observation", Patients = [id], Query = http.Request.Path };
        if (await sight.HiddenAsync(caller, "Observation", id, ct) is { } hidden)
        {
            var denied = hidden.Kind == FailureKind.Forbidden;
            await audit.WriteAsync([entry with { Kind = denied ? AuditKind.Denied : entry.Kind, Outcome = AuditOutcome.MinorFailure, Detail = denied ? "GET, answered 403" : $"answered {Refused.Status(hidden.Kind)}" }], ct);
            return new Refused(hidden);
        }

        var open = await alerts.OpenAsync(caller.Tenant, [id], MostAlerts, ct);
        await audit.WriteAsync([entry], ct);
        return new WrittenJson(json =>
        {
            json.WriteStartObject();
            json.WritePropertyName("state"u8);
            StateJson.Write(json, book.Find(caller.Tenant, id), time.GetUtcNow().ToUnixTimeMilliseconds());
            LiveJson.Write(json, open);
            json.WriteEndObject();
        });
    }
}
