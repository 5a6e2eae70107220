using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Salus.Kernel;
using Salus.Monitoring.Monitors.Facts;
using Salus.Records;

namespace Salus.Monitoring.Alerts;

/// <summary>Rules, what is changed of them for one patient, and what they burden people with, over HTTP.</summary>
internal sealed class RuleRoutes(RuleBook book, AlertBurden burden, FactTable facts, FactBook known, PatientSight sight, IAuditTrail trail, TimeProvider time)
{
    private static readonly TimeSpan LongestAdjustment = TimeSpan.FromDays(14);
    private static readonly TimeSpan Look = TimeSpan.FromDays(7);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/monitoring/rules", (HttpContext http, RuleRoutes rules) => rules.List(http)).ForSignedIn();
        routes.MapGet("/monitoring/rules/{name}", (string name, HttpContext http, RuleRoutes rules) => rules.Read(http, name)).ForSignedIn();
        routes.MapPut("/monitoring/rules/{name}", (string name, HttpContext http, RuleRoutes rules) => rules.SaveAsync(http, name)).ForPermission(Permissions.MonitoringManage);
        routes.MapGet("/monitoring/burden", (HttpContext http, RuleRoutes rules) => rules.BurdenAsync(http)).ForPermission(Permissions.Monitoring);
        routes.MapGet("/monitoring/patients/{id}/adjustments", (string id, HttpContext http, RuleRoutes rules) => rules.AdjustmentsAsync(http, id)).ByGrants();
        routes.MapPut("/monitoring/patients/{id}/adjustments", (string id, HttpContext http, RuleRoutes rules) => rules.AdjustAsync(http, id)).ByGrants();
    }

    private IResult List(HttpContext http) => Results.Json(book.Of(http.Caller().Tenant).Select(RuleJson.Of), RuleJson.Json);

    private IResult Read(HttpContext http, string name) =>
        book.Of(http.Caller().Tenant).FirstOrDefault(r => r.Name == name) is { } rule ? Results.Json(RuleJson.Of(rule), RuleJson.Json) : new Refused(new Failure(FailureKind.NotFound, "not-found", $"There is no rule '{name}'."));

    private async Task<IResult> SaveAsync(HttpContext http, string name)
    {
        var body = await JsonBody.ReadAsync<JsonObject>(http);
        if (body.Failed(out var wrong))
        {
            return new Refused(wrong);
        }

        var rule = RuleJson.Read(JsonSerializer.SerializeToUtf8Bytes(body.Value), 0, RuleBook.Scores);
        if (rule.Failed(out wrong))
        {
            return new Refused(wrong);
        }

        if (RuleBook.Wrong(book.Of(http.Caller().Tenant), rule.Value) is { } useless)
        {
            return new Refused(useless);
        }

        if (rule.Value.Name != name)
        {
            return new Refused(new Failure(FailureKind.Invalid, "value", $"The address names '{name}' and the rule '{rule.Value.Name}'. They have to be the same.", "name"));
        }

        var caller = http.Caller();
        var entry = new AuditEntry(caller, AuditKind.ConfigurationChange) { Type = "alert-rule", Id = name, Detail = JsonSerializer.Serialize(RuleJson.Of(rule.Value), JsonSerializerOptions.Web) };
        var saved = await book.SaveAsync(caller.Tenant, rule.Value, caller.Name ?? caller.Actor, batch => trail.AddTo(batch, [entry]), http.RequestAborted);
        return saved.Failed(out var conflict) ? new Refused(conflict) : Results.Json(RuleJson.Of(saved.Value), RuleJson.Json);
    }

    private async Task<IResult> BurdenAsync(HttpContext http)
    {
        var asked = AlertQuery.Times(http.Request.Query, time.GetUtcNow(), Look);
        return asked.Failed(out var wrong) ? new Refused(wrong) : Results.Json(await burden.OfAsync(http.Caller().Tenant, asked.Value.From, asked.Value.To, http.RequestAborted));
    }

    private async Task<IResult> AdjustmentsAsync(HttpContext http, string patient)
    {
        var caller = http.Caller();
        if (await sight.HiddenAsync(caller, "Flag", patient, http.RequestAborted) is { } hidden)
        {
            return new Refused(hidden);
        }

        await trail.WriteAsync([new AuditEntry(caller, AuditKind.Read) { Type = "alert-adjustment", Patients = [patient] }], http.RequestAborted);
        return await StoredAsync(caller.Tenant, patient, http.RequestAborted);
    }

    // Scale and oxygen only as they were set here: what the record or devices say is in the scores.
    private async Task<IResult> StoredAsync(Tenant tenant, string patient, CancellationToken ct)
    {
        var set = (await facts.ReadAsync(tenant, [patient], ct))[patient].ToLookup(f => f.Kind, f => f.Value);
        return Results.Json(new
        {
            adjustments = (await book.AdjustmentsAsync(tenant, patient, ct)).Select(AdjustmentJson.Of),
            spo2Scale = set[FactKind.SetScale].Select(v => (int?)v).LastOrDefault(),
            oxygen = set[FactKind.SetOxygen].Select(v => (bool?)(v == 1)).LastOrDefault(),
        });
    }

    private async Task<IResult> AdjustAsync(HttpContext http, string patient)
    {
        var body = await JsonBody.ReadAsync<AdjustmentsJson>(http);
        var caller = http.Caller();
        var (now, rules) = (time.GetUtcNow(), book.Of(caller.Tenant));
        if (body.Failed(out var wrong) || body.Value.Check(rules, now, LongestAdjustment).Failed(out wrong))
        {
            return new Refused(wrong);
        }

        if (await sight.HiddenAsync(caller, "Flag", patient, http.RequestAborted, Interactions.Update) is { } hidden)
        {
            return new Refused(hidden);
        }

        // Thresholds are an order: of those who write in the record, physicians give them.
        if (!caller.Roles.Contains("physician") && caller.Roles.Count > 0)
        {
            return new Refused(new Failure(FailureKind.Forbidden, "forbidden", "A physician changes the thresholds of a patient."));
        }

        var entry = new AuditEntry(caller, AuditKind.Update) { Type = "alert-adjustment", Patients = [patient], Detail = JsonSerializer.Serialize(new { adjustments = body.Value.Adjustments, set = body.Value.Facts().ToDictionary(f => f.Kind.ToString(), f => f.Value) }, JsonSerializerOptions.Web) };
        if (body.Value.Facts() is { Count: > 0 } said)
        {
            await facts.SetAsync(caller.Tenant, patient, said, batch => trail.AddTo(batch, [entry]), http.RequestAborted);
            known.Signal();
        }

        if (body.Value.Adjustments is { } adjustments)
        {
            await book.SaveAsync(caller.Tenant, patient, [.. adjustments.Select(a => a.ToAdjustment())], caller.Name ?? caller.Actor, batch => trail.AddTo(batch, [entry]), http.RequestAborted);
        }

        return await StoredAsync(caller.Tenant, patient, http.RequestAborted);
    }
}
