using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Salus.Kernel;
using Salus.Monitoring.Live;
using Salus.Records;

namespace Salus.Monitoring.Alerts;

/// <summary>Alerts over HTTP: the list, and what people do with one. Whoever may read Flags of a patient sees the alerts; whoever may change them acts.</summary>
internal sealed class AlertRoutes(AlertTable table, AlertEngine engine, WardView wards, PatientSight sight, IAuditTrail trail, TimeProvider time)
{
    private const int DefaultPage = 100;
    private const int LargestPage = 1000;
    private const int LongestReason = 500;
    private static readonly TimeSpan LongestSnooze = TimeSpan.FromHours(4);
    private static readonly TimeSpan Look = TimeSpan.FromDays(7);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/monitoring/alerts", (HttpContext http, AlertRoutes alerts) => alerts.ListAsync(http)).ByGrants();
        foreach (var action in new[] { "acknowledge", "escalate", "snooze", "resolve" })
        {
            routes.MapPost($"/monitoring/alerts/{{id:guid}}/{action}", (Guid id, HttpContext http, AlertRoutes alerts) => alerts.ActAsync(http, id, action)).ByGrants();
        }
    }

    private async Task<IResult> ListAsync(HttpContext http)
    {
        var asked = AlertQuery.Read(http.Request.Query, time.GetUtcNow(), Look, DefaultPage, LargestPage);
        if (asked.Failed(out var wrong))
        {
            return new Refused(wrong);
        }

        var (caller, query, ct) = (http.Caller(), asked.Value, http.RequestAborted);
        var asking = await PatientsAsync(caller, query, ct);
        if (asking.Failed(out var unknown))
        {
            return new Refused(unknown);
        }

        var patients = asking.Value;
        var seen = await sight.SeenAsync(caller, "Flag", patients, ct);
        if (seen.Failed(out var forbidden))
        {
            return new Refused(forbidden);
        }

        var found = await table.ListAsync(caller.Tenant, query.Open, [.. seen.Value], query.From, query.To, query.Count, ct);
        await trail.WriteAsync(
            [new AuditEntry(caller, AuditKind.Search) { Type = "Flag", Patients = query.Patient is { } one ? [one] : [.. found.Select(a => a.Patient).Distinct()], Query = $"{http.Request.Path}{http.Request.QueryString}" }], ct);
        return new WrittenJson(json => Alert.Write(json, found));
    }

    private async Task<Outcome<string[]>> PatientsAsync(Caller caller, AlertQuery query, CancellationToken ct)
    {
        if (query.Ward is not { } name)
        {
            return query.Patient is { } one ? (string[])[one] : await table.PatientsAsync(caller.Tenant, query.Open, query.From, query.To, ct);
        }

        var ward = await wards.FindAsync(caller, name, ct);
        return ward.Failed(out var failure) ? failure : ward.Value.Patients.ToArray();
    }

    private async Task<IResult> ActAsync(HttpContext http, Guid id, string action)
    {
        var body = await JsonBody.ReadAsync<ActionJson>(http);
        if (body.Failed(out var wrong) || body.Value.Check(action, LongestReason, LongestSnooze).Failed(out wrong))
        {
            return new Refused(wrong);
        }

        var (caller, ct) = (http.Caller(), http.RequestAborted);
        var alert = await table.FindAsync(caller.Tenant, id, ct);
        var hidden = alert is null ? null : await sight.HiddenAsync(caller, "Flag", alert.Patient, ct, Interactions.Update);
        if (hidden is { Kind: not FailureKind.NotFound })
        {
            return new Refused(hidden);
        }

        if (alert is null || hidden is not null)
        {
            return new Refused(new Failure(FailureKind.NotFound, "not-found", $"There is no alert {id} that you may change."));
        }

        var (reason, now) = (Texts.Visible(body.Value.Reason), time.GetUtcNow());
        var entry = new AuditEntry(caller, AuditKind.Update) { Type = "Flag", Id = AlertResources.Id(alert), Patients = [alert.Patient], Detail = $"{action}: {reason}" };
        var (set, values) = Change(action, caller, reason, now, body.Value.Minutes);
        // Who was first stays who acknowledged it. One that is snoozed can be acknowledged: then it does not come again.
        var condition = action == "acknowledge" ? "status <> 3 or snoozed_until is not null" : "true";
        var changed = await table.ChangeAsync(set, condition, caller.Tenant, id, batch => trail.AddTo(batch, [entry]), ct, values);
        if (changed is null)
        {
            var present = await table.FindAsync(caller.Tenant, id, ct);
            return new Refused(new Failure(FailureKind.Conflict, "conflict", present is { ResolvedAt: null, AcknowledgedBy: { } who, AcknowledgedAt: { } at } ? $"{who} acknowledged it at {at:HH:mm} UTC." : "The alert has ended meanwhile."));
        }

        engine.Tell(changed);
        return new WrittenJson(changed.Write);
    }

    private static (string Set, object[] Values) Change(string action, Caller caller, string reason, DateTimeOffset now, int? minutes)
    {
        var who = caller.Name ?? caller.Actor;
        return action switch
        {
            "acknowledge" => ("status = 3, acknowledged_at = case when snoozed_until is null then $3 else coalesce(acknowledged_at, $3) end, acknowledged_by = $4, reason = $5, escalate_at = null, snoozed_until = null", [now, who, reason]),
            // The next step comes at once; after the last one it goes to the physician.
            "escalate" => ("status = 4, escalated_at = $3, escalated_to = coalesce(steps -> 0 ->> 'to', 'physician'), steps = steps - 0, reason = $4, snoozed_until = null, escalate_at = $3 + " + AlertTable.Gap, [now, reason]),
            "snooze" => ("status = 3, acknowledged_at = coalesce(acknowledged_at, $3), acknowledged_by = coalesce(acknowledged_by, $4), reason = $5, escalate_at = null, snoozed_until = $6", [now, who, reason, now.AddMinutes(minutes!.Value)]),
            _ => ("status = 5, resolved_at = $3, resolved_by = $4, reason = $5, escalate_at = null, snoozed_until = null", [now, who, reason]),
        };
    }
}

/// <summary>What somebody does with an alert, and why.</summary>
internal sealed record ActionJson(string? Reason, int? Minutes)
{
    /// <summary>True when it can be done.</summary>
    public Outcome<bool> Check(string action, int longestReason, TimeSpan longestSnooze)
    {
        var problems = new List<Problem>();
        if (Texts.Visible(Reason).Length is var length && (length == 0 || length > longestReason))
        {
            problems.Add(new Problem("required", $"Say why, in 1 to {longestReason} characters.", "reason"));
        }

        if (action == "snooze" ? Minutes is not { } minutes || minutes < 1 || minutes > longestSnooze.TotalMinutes : Minutes is not null)
        {
            problems.Add(new Problem("value", action == "snooze" ? $"For how many minutes it is to be silent: 1 to {longestSnooze.TotalMinutes}." : "Only for snooze.", "minutes"));
        }

        return problems.Count == 0 ? true : new Failure(FailureKind.Invalid, problems);
    }
}
