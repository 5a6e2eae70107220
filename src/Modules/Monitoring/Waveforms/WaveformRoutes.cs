using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Salus.Kernel;
using Salus.Monitoring.History;

namespace Salus.Monitoring.Waveforms;

/// <summary>
/// <c>GET /telemetry/{patient}/waveforms</c>: the samples of signals as they came, or their outline for a display; <c>GET /telemetry/{patient}/waveforms/Observation</c>: the samples as Observations with
/// SampledData. For whom <c>GET /telemetry/{patient}</c> is, and in the audit trail like that.
/// </summary>
internal sealed class WaveformRoutes(WaveformHistory history, HistoryRoutes answers, TimeProvider time)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/telemetry/{patient}/waveforms", (string patient, HttpContext http, WaveformRoutes waveforms) => waveforms.SamplesAsync(http, patient)).ByGrants();
        routes.MapGet("/telemetry/{patient}/waveforms/Observation", (string patient, HttpContext http, WaveformRoutes waveforms) => waveforms.ObservationsAsync(http, patient)).ByGrants();
    }

    private Task<IResult> SamplesAsync(HttpContext http, string patient) => answers.RunAsync(http, patient, async () =>
    {
        var asked = WaveformQuestion.Parse(http.Request.Query, time.GetUtcNow());
        if (asked.Failed(out var wrong))
        {
            return wrong;
        }

        var (tenant, question) = (http.Caller().Tenant, asked.Value);
        if (question.Width is { } width)
        {
            var outlines = await history.OutlineAsync(tenant, patient, question.Signals, question.From, question.To, width, http.RequestAborted);
            return outlines.Failed(out wrong) ? wrong : HistoryRoutes.Json(w => WaveformJson.Write(w, patient, question, outlines.Value), "application/json");
        }

        var runs = await history.RunsAsync(tenant, patient, question.Signals, question.From, question.To, http.RequestAborted);
        return runs.Failed(out wrong) ? wrong : HistoryRoutes.Json(w => WaveformJson.Write(w, patient, question, runs.Value), "application/json");
    });

    private Task<IResult> ObservationsAsync(HttpContext http, string patient) => answers.RunAsync(http, patient, async () =>
    {
        var asked = WaveformQuestion.Parse(http.Request.Query, time.GetUtcNow());
        if (asked.Failed(out var wrong))
        {
            return wrong;
        }

        var question = asked.Value;
        if (question.Width is not null)
        {
            return HistoryQuestion.Wrong("width", "An Observation has the samples as they are; the outline is without /Observation.");
        }

        var runs = await history.RunsAsync(http.Caller().Tenant, patient, question.Signals, question.From, question.To, http.RequestAborted);
        return runs.Failed(out wrong) ? wrong : HistoryRoutes.Json(w => WaveformObservation.Write(w, patient, runs.Value), HistoryRoutes.Fhir);
    });
}
