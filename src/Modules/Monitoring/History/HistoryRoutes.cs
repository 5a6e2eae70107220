using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Salus.Kernel;
using Salus.Records;

namespace Salus.Monitoring.History;

/// <summary>
/// <c>GET /telemetry/{patient}</c>: samples or aggregates of a metric; <c>GET /telemetry/{patient}/Observation</c>: the samples as Observations with SampledData. For whoever may
/// see the patient and Observations in the patient's compartment; told to the audit trail before the answer goes out.
/// </summary>
internal sealed class HistoryRoutes(SampleHistory history, PatientSight sight, IAuditTrail trail, TimeProvider time)
{
    public const string Fhir = "application/fhir+json";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/telemetry/{patient}", (string patient, HttpContext http, HistoryRoutes samples) => samples.ValuesAsync(http, patient)).ByGrants();
        routes.MapGet("/telemetry/{patient}/Observation", (string patient, HttpContext http, HistoryRoutes samples) => samples.ObservationsAsync(http, patient)).ByGrants();
    }

    private Task<IResult> ValuesAsync(HttpContext http, string patient) => RunAsync(http, patient, async () =>
    {
        var asked = HistoryQuestion.Parse(http.Request.Query, time.GetUtcNow());
        if (asked.Failed(out var wrong))
        {
            return wrong;
        }

        var question = asked.Value;
        if (question.Kind is { } kind)
        {
            var parts = await history.AggregatesAsync(http.Caller().Tenant, patient, question.Metric, kind, question.From, question.To, http.RequestAborted);
            return Json(w => HistoryJson.Write(w, patient, question, parts), "application/json");
        }

        var points = await history.PointsAsync(http.Caller().Tenant, patient, question.Metric, question.From, question.To, http.RequestAborted);
        return points.Failed(out wrong) ? wrong : Json(w => HistoryJson.Write(w, patient, question, points.Value), "application/json");
    });

    private Task<IResult> ObservationsAsync(HttpContext http, string patient) => RunAsync(http, patient, async () =>
    {
        var asked = HistoryQuestion.Parse(http.Request.Query, time.GetUtcNow());
        if (asked.Failed(out var wrong))
        {
            return wrong;
        }

        var points = await history.PointsAsync(http.Caller().Tenant, patient, asked.Value.Metric, asked.Value.From, asked.Value.To, http.RequestAborted);
        if (points.Failed(out wrong))
        {
            return wrong;
        }

        var sampled = points.Value.Select(SampledSeries.Of).ToList();
        return sampled.FirstOrDefault(s => s.Failed(out _)) is { Failure: { } costly } ? costly : Json(w => SampledSeries.Write(w, sampled.ConvertAll(s => s.Value)), Fhir);
    });

    /// <summary>Answers what is read of a patient, if the caller may see it, once the trail was told.</summary>
    public async Task<IResult> RunAsync(HttpContext http, string patient, Func<Task<Outcome<Body>>> read)
    {
        Outcome<Body> outcome;
        try
        {
            outcome = await sight.HiddenAsync(http.Caller(), "Observation", patient, http.RequestAborted) is { } hidden ? hidden : await read();
        }
        catch (Exception e) when (DatabaseFault.Is(e))
        {
            outcome = new Failure(FailureKind.Unavailable, "transient", "The database is away. Ask again in a moment.");
        }

        var failed = outcome.Failed(out var failure);
        if (!failed || failure!.Kind is FailureKind.Forbidden or FailureKind.NotFound)
        {
            var entry = new AuditEntry(http.Caller(), failure?.Kind == FailureKind.Forbidden ? AuditKind.Denied : AuditKind.Read)
            {
                Type = "Observation",
                Patients = [patient],
                Outcome = failed ? AuditOutcome.MinorFailure : AuditOutcome.Success,
                Query = $"{http.Request.Path}{http.Request.QueryString}",
                Detail = failed ? $"answered {Refused.Status(failure!.Kind)}" : null,
            };
            // What is told does not depend on whether somebody still waits for the answer.
            await trail.WriteAsync([entry], CancellationToken.None);
        }

        return failed ? new Refused(failure!) { RetryAfter = 5 } : outcome.Value;
    }

    public static Outcome<Body> Json(Action<Utf8JsonWriter> write, string type)
    {
        var buffer = new ArrayBufferWriter<byte>(64 * 1024);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            write(writer);
        }

        return new Body(buffer.WrittenMemory, type);
    }

    /// <summary>An answer that was read whole.</summary>
    internal sealed class Body(ReadOnlyMemory<byte> json, string type) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.ContentType = type;
            httpContext.Response.ContentLength = json.Length;
            await httpContext.Response.Body.WriteAsync(json, httpContext.RequestAborted);
        }
    }
}
