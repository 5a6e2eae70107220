using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Salus.Kernel;
using Salus.Monitoring.History;
using Salus.Monitoring.Storage;
using Salus.Records;

namespace Salus.Monitoring.Models;

/// <summary><c>POST /monitoring/scores</c> takes what models outside of Salus say; <c>GET /monitoring/patients/{id}/scores</c> gives what was said of a patient, to whom Observations of the patient are open.</summary>
internal sealed class ModelRoutes(ModelIntake intake, ModelScoreTable table, PatientSight sight, IAuditTrail audit, TimeProvider time)
{
    private const int Usual = 500;
    private const int Most = 5000;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/monitoring/scores", (HttpContext http, ModelRoutes models) => models.PostAsync(http)).ForPermission(Permissions.Scores);
        routes.MapGet("/monitoring/patients/{id}/scores", (string id, HttpContext http, ModelRoutes models) => models.ListAsync(http, id)).ByGrants();
    }

    private async Task<IResult> PostAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync<ScoresJson>(http);
        if (body.Failed(out var wrong))
        {
            return new Refused(wrong);
        }

        var scores = body.Value.ToScores();
        if (scores.Failed(out wrong))
        {
            return new Refused(wrong);
        }

        var taken = await intake.PutAsync(http.Caller(), scores.Value, http.RequestAborted);
        return taken.Failed(out wrong) ? new Refused(wrong) { RetryAfter = 5 } : TypedResults.Json(new { taken.Value.Stored, taken.Value.Duplicates, taken.Value.Hidden });
    }

    private async Task<IResult> ListAsync(HttpContext http, string patient)
    {
        var (caller, query, ct) = (http.Caller(), http.Request.Query, http.RequestAborted);
        var count = Usual;
        var to = HistoryQuestion.Time(query, "to", time.GetUtcNow().ToUnixTimeMilliseconds() + 1);
        if (to.Failed(out var wrong))
        {
            return new Refused(wrong);
        }

        var from = HistoryQuestion.Time(query, "from", Math.Max(0, to.Value - UnixTime.Day));
        if (from.Failed(out wrong))
        {
            return new Refused(wrong);
        }

        if (query["count"].ToString() is { Length: > 0 } text && !(int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out count) && count is > 0 and <= Most))
        {
            return new Refused(new Failure(FailureKind.Invalid, "value", $"count is a number from 1 to {Most}.", "count"));
        }

        var entry = new AuditEntry(caller, AuditKind.Read) { Type = "Observation", Patients = [patient], Query = $"{http.Request.Path}{http.Request.QueryString}" };
        if (await sight.HiddenAsync(caller, "Observation", patient, ct) is { } hidden)
        {
            var denied = hidden.Kind == FailureKind.Forbidden;
            await audit.WriteAsync([entry with { Kind = denied ? AuditKind.Denied : entry.Kind, Outcome = AuditOutcome.MinorFailure, Detail = $"answered {Refused.Status(hidden.Kind)}" }], ct);
            return new Refused(hidden);
        }

        var found = await table.ListAsync(caller.Tenant, patient, query["model"].ToString() is { Length: > 0 } model ? model : null, DateTimeOffset.FromUnixTimeMilliseconds(from.Value), DateTimeOffset.FromUnixTimeMilliseconds(to.Value), count, ct);
        await audit.WriteAsync([entry], ct);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return new WrittenJson(json =>
        {
            json.WriteStartArray();
            foreach (var score in found)
            {
                json.WriteStartObject();
                ModelJson.WriteFields(json, score.Reading, now, score.Reading.Inputs);
                json.WriteString("received"u8, score.Received.UtcDateTime);
                json.WriteString("sender"u8, score.Sender);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }
}
