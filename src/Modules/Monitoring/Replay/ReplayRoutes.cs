using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Salus.Kernel;
using Salus.Monitoring.Alerts;
using Salus.Monitoring.Live;
using Salus.Records;

namespace Salus.Monitoring.Replay;

/// <summary>Whose turn it is: one replay at a time. Safe for all threads.</summary>
internal sealed class ReplayTurn
{
    private int taken;

    /// <summary>False while somebody else has it.</summary>
    public bool TryTake() => Interlocked.Exchange(ref taken, 1) == 0;

    public void Give() => Volatile.Write(ref taken, 0);
}

/// <summary>
/// <c>POST /monitoring/rules/{name}/replay</c>: what a changed rule comes to over stored samples, beside the rule as it is. One at a time: it takes a core. Who accepts
/// <c>application/x-ndjson</c> gets a line with the part that is done now and then, and at last one with the result or the failure.
/// </summary>
internal sealed class ReplayRoutes(ReplayRun run, ReplayTurn turn, RuleBook book, WardView wards, PatientSight sight, IAuditTrail trail, TimeProvider time, ILogger<ReplayRoutes> log)
{
    private const string Lines = "application/x-ndjson";
    private const int MostChanges = 50;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/monitoring/rules/{name}/replay", (string name, HttpContext http, ReplayRoutes replays) => replays.PostAsync(http, name)).ForPermission(Permissions.MonitoringManage);

    private async Task<IResult> PostAsync(HttpContext http, string name)
    {
        var asked = await QuestionAsync(http, name);
        if (asked.Failed(out var wrong))
        {
            return new Refused(wrong);
        }

        if (!turn.TryTake())
        {
            return new Refused(new Failure(FailureKind.Busy, "throttled", "Another replay is running, and one takes a core. Try again when it has ended.")) { RetryAfter = 10 };
        }

        try
        {
            if (!http.Request.Headers.Accept.ToString().Contains(Lines, StringComparison.OrdinalIgnoreCase))
            {
                var outcome = await RunAsync(http, asked.Value, _ => ValueTask.CompletedTask);
                return outcome.Failed(out var failure) ? new Refused(failure) : Results.Json(outcome.Value);
            }

            await StreamAsync(http, asked.Value);
            return Results.Empty;
        }
        finally
        {
            turn.Give();
        }
    }

    private async Task<Outcome<ReplayQuestion>> QuestionAsync(HttpContext http, string name)
    {
        var body = await JsonBody.ReadAsync<ReplayJson>(http);
        if (body.Failed(out var wrong))
        {
            return wrong;
        }

        var caller = http.Caller();
        var before = book.Of(caller.Tenant);
        var (times, after) = (body.Value.Times(time.GetUtcNow()), body.Value.Changed(before, name));
        if (times.Failed(out wrong) || after.Failed(out wrong))
        {
            return wrong;
        }

        IReadOnlySet<string>? patients = null;
        if (body.Value.Ward is { } asked)
        {
            var ward = await wards.FindAsync(caller, asked, http.RequestAborted);
            if (ward.Failed(out wrong))
            {
                return wrong;
            }

            patients = ward.Value.Patients.ToHashSet(StringComparer.Ordinal);
        }

        return new ReplayQuestion(caller.Tenant, name, before, after.Value, times.Value.From, times.Value.To, patients);
    }

    private async Task StreamAsync(HttpContext http, ReplayQuestion question)
    {
        http.Response.ContentType = Lines;
        http.Response.Headers.CacheControl = "no-store";
        var told = time.GetTimestamp();
        Outcome<ReplayResult> outcome;
        try
        {
            outcome = await RunAsync(http, question, async done =>
            {
                if (time.GetElapsedTime(told) >= Pace)
                {
                    told = time.GetTimestamp();
                    await LineAsync(http, json => json.WriteNumber("done"u8, Math.Round(done, 4)));
                }
            });
        }
        catch (Exception e) when (!http.RequestAborted.IsCancellationRequested)
        {
            // The status is out already.
            MonitoringLog.ReplayFailed(log, e);
            outcome = new Failure(FailureKind.Unavailable, "exception", "The replay failed. Nothing was changed; try it again.");
        }

        await LineAsync(http, json =>
        {
            json.WritePropertyName(outcome.Failed(out _) ? "failure"u8 : "result"u8);
            if (outcome.Failed(out var failure))
            {
                OutcomeJson.Write(json, failure.Problems);
            }
            else
            {
                JsonSerializer.Serialize(json, outcome.Value, JsonSerializerOptions.Web);
            }
        });
    }

    private async Task<Outcome<ReplayResult>> RunAsync(HttpContext http, ReplayQuestion question, Func<double, ValueTask> progress)
    {
        var (caller, ct) = (http.Caller(), http.RequestAborted);
        Outcome<Replayed> outcome;
        try
        {
            outcome = await Task.Run(() => run.RunAsync(question, progress, ct), ct);
        }
        catch (Exception e) when (DatabaseFault.Is(e))
        {
            return new Failure(FailureKind.Unavailable, "transient", "The database is away. Nothing was changed; try it again in a moment.");
        }

        return outcome.Failed(out var failure) ? failure : await MeasureAsync(http, caller, question, outcome.Value, ct);
    }

    private async Task<ReplayResult> MeasureAsync(HttpContext http, Caller caller, ReplayQuestion question, Replayed replayed, CancellationToken ct)
    {
        var measure = new ReplayMeasure(question.Rule, question.From, question.To, replayed.BedDays, replayed.Stored);
        var (gone, come) = (measure.Without(replayed.Before, replayed.After), measure.Without(replayed.After, replayed.Before));
        var named = gone.Take(MostChanges).Concat(come.Take(MostChanges)).Select(a => a.Patient).Distinct(StringComparer.Ordinal).ToList();
        var asked = await sight.SeenAsync(caller, "Flag", named, ct);
        IReadOnlySet<string> seen = asked.Failed(out _) ? new HashSet<string>() : asked.Value;
        var entry = new AuditEntry(caller, AuditKind.Operation)
        {
            Type = "alert-rule",
            Id = question.Rule,
            Patients = [.. seen],
            Query = http.Request.Path,
            Detail = JsonSerializer.Serialize(new { replay = question.After.Where(r => r.Name == question.Rule).Select(RuleJson.Of), from = At(question.From), to = At(question.To) }, RuleJson.Json),
        };
        await trail.WriteAsync([entry], ct);
        return new ReplayResult(
            question.Rule, At(question.From), At(question.To), replayed.Patients, replayed.BedDays, replayed.Samples, measure.Again(replayed.Before), measure.Of(question.Before, replayed.Before),
            measure.Of(question.After, replayed.After), gone.Count, come.Count, Shown(gone, seen), Shown(come, seen));
    }

    private static List<ReplayedChange> Shown(IReadOnlyList<ReplayedAlert> alerts, IReadOnlySet<string> seen) =>
        [.. alerts.Take(MostChanges).Select(a => new ReplayedChange(seen.Contains(a.Patient) ? a.Patient : null, At(a.At), a.Until == long.MaxValue ? null : At(a.Until), a.Amount))];

    private static DateTimeOffset At(long time) => DateTimeOffset.FromUnixTimeMilliseconds(time);

    private static async Task LineAsync(HttpContext http, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        await http.Response.Body.WriteAsync(buffer.WrittenMemory, http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
    }
}
