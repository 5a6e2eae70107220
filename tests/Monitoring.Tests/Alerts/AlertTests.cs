using System.Net;
using System.Text.Json;
using Salus.Kernel;
using Salus.Monitoring.Alerts;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Tests.Support;
using Salus.TestSupport;

namespace Salus.Monitoring.Tests.Alerts;

/// <summary>From a state to the alert, what people do with it, and the resources it becomes; over HTTP and on a real database.</summary>
public sealed class AlertTests(TelemetryServer server) : IClassFixture<TelemetryServer>
{
    [Fact]
    public async Task A_high_score_becomes_one_alert_that_says_why()
    {
        var alert = await RaisedAsync("a1");
        Assert.Equal(("news2-high", "high", "raised"), (Text(alert, "rule"), Text(alert, "priority"), Text(alert, "status")));
        Assert.Equal("news2 is 9; the rule is at least 7.", alert.GetProperty("why").GetProperty("text").GetString());
        Assert.Equal("respiratory-rate", alert.GetProperty("why").GetProperty("values")[0].GetProperty("metric").GetString());

        // Another process that judges the same raises nothing beside it.
        Assert.Null(await server.Get<AlertTable>().RaiseAsync(Guid.NewGuid(), Tenant.Default, "a1", Given.Rule("news2-high"), "{}", DateTimeOffset.UtcNow, default));
    }

    [Fact]
    public async Task It_ends_with_what_it_was_raised_for()
    {
        await RaisedAsync("a2");
        server.Get<AlertEngine>().Changed(Now("a2", 2));
        var ended = await OneAsync("a2", "all", a => Text(a, "status") == "resolved");
        Assert.Equal("rule", Text(ended, "resolvedBy"));
    }

    [Fact]
    public async Task Acknowledging_needs_a_reason_and_stops_the_escalation()
    {
        var id = Text(await RaisedAsync("a3"), "id");
        var (status, refused) = await server.SendAsync(HttpMethod.Post, $"/monitoring/alerts/{id}/acknowledge", """{"reason":" \u200b "}""");
        Assert.Equal((HttpStatusCode.BadRequest, "reason"), (status, refused.GetProperty("issue")[0].GetProperty("expression")[0].GetString()));

        var (done, alert) = await server.SendAsync(HttpMethod.Post, $"/monitoring/alerts/{id}/acknowledge", """{"reason":"seen, oxygen given"}""");
        Assert.Equal((HttpStatusCode.OK, "acknowledged", "seen, oxygen given"), (done, Text(alert, "status"), Text(alert, "reason")));
        await MakeDueAsync(id, "escalate_at = coalesce(escalate_at, null)");
        Assert.Equal("acknowledged", Text(await OneAsync("a3", "open", _ => true), "status"));
        Assert.Contains(server.Told, e => e is { Kind: AuditKind.Update, Type: "Flag" } && e.Patients.Contains("a3") && e.Detail!.StartsWith("acknowledge", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_nobody_acknowledges_goes_step_by_step_to_others()
    {
        var id = Text(await RaisedAsync("a4"), "id");
        await MakeDueAsync(id, "escalate_at = now()");
        Assert.Equal("charge-nurse", Text(await OneAsync("a4", "open", a => Text(a, "status") == "escalated"), "escalatedTo"));
        await MakeDueAsync(id, "escalate_at = now()");
        Assert.Equal("physician", Text(await OneAsync("a4", "open", a => Text(a, "escalatedTo") == "physician"), "escalatedTo"));
    }

    [Fact]
    public async Task A_snoozed_one_comes_back()
    {
        var id = Text(await RaisedAsync("a5"), "id");
        var (refused, why) = await server.SendAsync(HttpMethod.Post, $"/monitoring/alerts/{id}/snooze", """{"reason":"turning the patient","minutes":500}""");
        Assert.Equal((HttpStatusCode.BadRequest, "minutes"), (refused, why.GetProperty("issue")[0].GetProperty("expression")[0].GetString()));
        await server.SendAsync(HttpMethod.Post, $"/monitoring/alerts/{id}/snooze", """{"reason":"turning the patient","minutes":10}""");
        await MakeDueAsync(id, "snoozed_until = now()");
        await OneAsync("a5", "open", a => Text(a, "status") == "raised" && !a.TryGetProperty("snoozedUntil", out _));
        // And goes to others again when nobody has it.
        await MakeDueAsync(id, "escalate_at = escalate_at - interval '1 day'");
        Assert.Equal("charge-nurse", Text(await OneAsync("a5", "open", a => Text(a, "status") == "escalated"), "escalatedTo"));
    }

    [Fact]
    public async Task Who_acknowledges_first_has_it_and_what_was_snoozed_does_not_come_back_then()
    {
        var id = Text(await RaisedAsync("a20"), "id");
        await server.SendAsync(HttpMethod.Post, $"/monitoring/alerts/{id}/snooze", """{"reason":"turning the patient","minutes":10}""");
        var (done, alert) = await server.SendAsync(HttpMethod.Post, $"/monitoring/alerts/{id}/acknowledge", """{"reason":"treated"}""");
        Assert.Equal((HttpStatusCode.OK, false), (done, alert.TryGetProperty("snoozedUntil", out _)));
        var (again, told) = await server.SendAsync(HttpMethod.Post, $"/monitoring/alerts/{id}/acknowledge", """{"reason":"me too"}""");
        Assert.Equal(HttpStatusCode.Conflict, again);
        Assert.Contains("acknowledged it at", told.GetProperty("issue")[0].GetProperty("diagnostics").GetString(), StringComparison.Ordinal);
        await MakeDueAsync(id, "snoozed_until = snoozed_until - interval '1 day'");
        var kept = await OneAsync("a20", "open", _ => true);
        Assert.Equal(("acknowledged", "treated"), (Text(kept, "status"), Text(kept, "reason")));

        var passed = Text(await RaisedAsync("a21"), "id");
        await server.SendAsync(HttpMethod.Post, $"/monitoring/alerts/{passed}/snooze", """{"reason":"later","minutes":10}""");
        var (_, on) = await server.SendAsync(HttpMethod.Post, $"/monitoring/alerts/{passed}/escalate", """{"reason":"not mine"}""");
        Assert.Equal(("escalated", false), (Text(on, "status"), on.TryGetProperty("snoozedUntil", out _)));
    }

    [Fact]
    public async Task What_went_on_because_nobody_did_anything_is_not_acted_upon()
    {
        async Task<long> ActedAsync() => (await server.GetAsync("/monitoring/burden")).Body.GetProperty("rules").EnumerateArray().Where(r => Text(r, "rule") == "news2-high").Sum(r => r.GetProperty("actedUpon").GetInt64());
        var id = Text(await RaisedAsync("a22"), "id");
        var before = await ActedAsync();
        await MakeDueAsync(id, "escalate_at = now()");
        await OneAsync("a22", "open", a => Text(a, "status") == "escalated");
        Assert.Equal(before, await ActedAsync());
        await server.SendAsync(HttpMethod.Post, $"/monitoring/alerts/{id}/escalate", """{"reason":"two at once"}""");
        Assert.Equal(before + 1, await ActedAsync());
    }

    [Fact]
    public async Task What_somebody_escalates_goes_on_from_there()
    {
        var id = Text(await RaisedAsync("a19"), "id");
        await server.SendAsync(HttpMethod.Post, $"/monitoring/alerts/{id}/escalate", """{"reason":"two at once"}""");
        Assert.Equal("charge-nurse", Text(await OneAsync("a19", "open", a => Text(a, "status") == "escalated"), "escalatedTo"));
        await MakeDueAsync(id, "escalate_at = escalate_at - interval '1 day'");
        Assert.Equal("physician", Text(await OneAsync("a19", "open", a => Text(a, "escalatedTo") == "physician"), "escalatedTo"));
    }

    [Fact]
    public async Task What_is_resolved_by_somebody_is_changed_no_more()
    {
        var id = Text(await RaisedAsync("a6"), "id");
        await server.SendAsync(HttpMethod.Post, $"/monitoring/alerts/{id}/resolve", """{"reason":"artefact"}""");
        Assert.Equal(HttpStatusCode.Conflict, (await server.SendAsync(HttpMethod.Post, $"/monitoring/alerts/{id}/acknowledge", """{"reason":"late"}""")).Status);
        server.Get<AlertEngine>().Changed(Now("a6", 9));
        await server.Get<AlertRecorder>().RunDueAsync(default);
        Assert.Single((await server.GetAsync("/monitoring/alerts?patient=a6&status=all")).Body.EnumerateArray());
    }

    [Fact]
    public async Task It_becomes_a_flag_and_a_communication()
    {
        var id = Guid.Parse(Text(await RaisedAsync("a7"), "id")!);
        var (_, flag) = await EventuallyAsync($"/fhir/Flag/alert-{id:N}", f => f.GetProperty("status").GetString() == "active");
        Assert.Equal("Patient/a7", flag.GetProperty("subject").GetProperty("reference").GetString());
        var (_, told) = await EventuallyAsync($"/fhir/Communication/alert-{id:N}", _ => true);
        Assert.Equal("stat", told.GetProperty("priority").GetString());

        await server.SendAsync(HttpMethod.Post, $"/monitoring/alerts/{id}/resolve", """{"reason":"better"}""");
        await EventuallyAsync($"/fhir/Flag/alert-{id:N}", f => f.GetProperty("status").GetString() == "inactive" && f.GetProperty("period").TryGetProperty("end", out _));
    }

    [Fact]
    public async Task Nobody_sees_or_changes_alerts_of_patients_out_of_reach()
    {
        var id = Text(await RaisedAsync("a8"), "id");
        server.Callers["nurse of another"] = Reaching("p1");
        Assert.Empty((await server.GetAsync("/monitoring/alerts", "nurse of another")).Body.EnumerateArray());
        Assert.Empty((await server.GetAsync("/monitoring/alerts?patient=a8", "nurse of another")).Body.EnumerateArray());
        Assert.Equal(HttpStatusCode.NotFound, (await server.SendAsync(HttpMethod.Post, $"/monitoring/alerts/{id}/resolve", """{"reason":"x"}""", "nurse of another")).Status);
        server.Callers["nurse"] = Reaching("a8");
        Assert.Single((await server.GetAsync("/monitoring/alerts", "nurse")).Body.EnumerateArray());
    }

    [Theory]
    [InlineData("status=closed", "status")]
    [InlineData("count=0", "count")]
    [InlineData("count=99999999999", "count")]
    [InlineData("from=yesterday", "from")]
    [InlineData("ward=7&patient=a1", "ward")]
    [InlineData("bed=7", "bed")]
    public async Task A_wrong_question_names_the_parameter(string query, string field)
    {
        var (status, body) = await server.GetAsync($"/monitoring/alerts?{query}");
        Assert.Equal((HttpStatusCode.BadRequest, field), (status, body.GetProperty("issue")[0].GetProperty("expression")[0].GetString()));
    }

    [Fact]
    public async Task A_changed_rule_counts_at_once_and_is_another_version()
    {
        var rule = """{"name":"fever","title":"Fever","priority":"low","when":{"metric":"temperature","atLeast":39,"clear":38.5}}""";
        var (status, saved) = await server.SendAsync(HttpMethod.Put, "/monitoring/rules/fever", rule);
        Assert.Equal((HttpStatusCode.OK, 1), (status, saved.GetProperty("version").GetInt32()));
        Assert.Equal(2, (await server.SendAsync(HttpMethod.Put, "/monitoring/rules/fever", rule)).Body.GetProperty("version").GetInt32());
        Assert.Equal(HttpStatusCode.BadRequest, (await server.SendAsync(HttpMethod.Put, "/monitoring/rules/chill", rule)).Status);

        await PatientAsync("a9");
        server.Get<AlertEngine>().Changed(Now("a9", null, ("temperature", 39.2m)));
        var alert = await OneAsync("a9", "open", _ => true);
        Assert.Equal(("fever", 2), (Text(alert, "rule"), alert.GetProperty("why").GetProperty("ruleVersion").GetInt32()));
    }

    [Fact]
    public async Task An_adjustment_holds_for_one_patient_and_ends()
    {
        await PatientAsync("a10");
        var until = DateTimeOffset.UtcNow.AddDays(1);
        var (refused, why) = await server.SendAsync(
            HttpMethod.Put, "/monitoring/patients/a10/adjustments", $$"""{"adjustments":[{"rule":"news2-high","off":true,"reason":"palliative care","until":"{{DateTimeOffset.UtcNow.AddDays(40):o}}"}]}""");
        Assert.Equal((HttpStatusCode.BadRequest, "adjustments[0].until"), (refused, why.GetProperty("issue")[0].GetProperty("expression")[0].GetString()));
        var (status, _) = await server.SendAsync(HttpMethod.Put, "/monitoring/patients/a10/adjustments", $$"""{"adjustments":[{"rule":"tachycardia","threshold":160,"reason":"known flutter","until":"{{until:o}}"}]}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(160, (await server.GetAsync("/monitoring/patients/a10/adjustments")).Body.GetProperty("adjustments")[0].GetProperty("threshold").GetDecimal());

        var rules = new PatientRules();
        var events = new List<RuleEvent>();
        var state = Now("a10", null, ("heart-rate", 150));
        var book = server.Get<RuleBook>();
        rules.Begin(state.At);
        rules.Step(state, state.At, book.Of(Tenant.Default), book.Of(Tenant.Default, "a10"), events);
        rules.Step(state, state.At + 30_000, book.Of(Tenant.Default), book.Of(Tenant.Default, "a10"), events);
        Assert.Empty(events);
    }

    [Fact]
    public async Task A_physician_sets_the_scale_and_the_oxygen_of_a_patient_and_takes_them_back()
    {
        await PatientAsync("a12");
        server.Callers["a nurse"] = Reaching("a12");
        const string path = "/monitoring/patients/a12/adjustments";
        Assert.Equal(HttpStatusCode.Forbidden, (await server.SendAsync(HttpMethod.Put, path, """{"spo2Scale":2}""", "a nurse")).Status);
        Assert.Equal("spo2Scale", await FieldAsync(path, """{"spo2Scale":3}"""));
        Assert.Equal("oxygen", await FieldAsync(path, """{"oxygen":"yes"}"""));
        Assert.Equal("adjustments", await FieldAsync(path, "{}"));

        await server.SendAsync(HttpMethod.Put, path, """{"spo2Scale":2,"oxygen":true}""");
        await server.SendAsync(HttpMethod.Put, path, $$"""{"adjustments":[{"rule":"tachycardia","off":true,"reason":"known","until":"{{DateTimeOffset.UtcNow.AddDays(1):o}}"}]}""");
        var (_, kept) = await server.GetAsync(path);
        Assert.Equal((2, true, 1), (kept.GetProperty("spo2Scale").GetInt32(), kept.GetProperty("oxygen").GetBoolean(), kept.GetProperty("adjustments").GetArrayLength()));
        Assert.Contains(server.Told, e => e is { Type: "alert-adjustment", Kind: AuditKind.Update } && e.Patients.Contains("a12") && e.Detail!.Contains("SetOxygen", StringComparison.Ordinal));

        var (_, back) = await server.SendAsync(HttpMethod.Put, path, """{"oxygen":null}""");
        Assert.Equal((2, JsonValueKind.Null, 1), (back.GetProperty("spo2Scale").GetInt32(), back.GetProperty("oxygen").ValueKind, back.GetProperty("adjustments").GetArrayLength()));
    }

    [Fact]
    public async Task The_burden_is_counted_by_rule()
    {
        var id = Text(await RaisedAsync("a11"), "id");
        await server.SendAsync(HttpMethod.Post, $"/monitoring/alerts/{id}/acknowledge", """{"reason":"artefact"}""");
        var (_, burden) = await server.GetAsync("/monitoring/burden");
        var rule = burden.GetProperty("rules").EnumerateArray().Single(r => Text(r, "rule") == "news2-high");
        Assert.True(rule.GetProperty("alerts").GetInt64() >= 1 && rule.GetProperty("acknowledged").GetInt64() > rule.GetProperty("actedUpon").GetInt64());
    }

    private static Caller Reaching(string patient) => new(Tenant.Default, $"nurse of {patient}")
    {
        Permit = new Permit([[Grant.Everything with { Reach = Reach.Of(patient) }]], []),
        Roles = ["nurse"],
    };

    private static PatientState Now(string patient, int? news2, params (string Metric, decimal Value)[] values) =>
        Given.State(patient, (DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - Given.Start) / 1000.0, news2, values);

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private async Task<JsonElement> RaisedAsync(string patient)
    {
        await PatientAsync(patient);
        server.Get<AlertEngine>().Changed(Now(patient, 9));
        return await OneAsync(patient, "open", _ => true);
    }

    private async Task<string?> FieldAsync(string path, string body)
    {
        var (status, answer) = await server.SendAsync(HttpMethod.Put, path, body);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        return answer.GetProperty("issue")[0].GetProperty("expression")[0].GetString();
    }

    private async Task PatientAsync(string patient) =>
        Assert.True((await server.SendAsync(HttpMethod.Put, $"/fhir/Patient/{patient}", $$"""{"resourceType":"Patient","id":"{{patient}}"}""", type: "application/fhir+json")).Status is HttpStatusCode.Created or HttpStatusCode.OK);

    private async Task<JsonElement> OneAsync(string patient, string status, Func<JsonElement, bool> when) =>
        (await EventuallyAsync($"/monitoring/alerts?patient={patient}&status={status}", all => all.GetArrayLength() == 1 && when(all[0]))).Body[0];

    private async Task<(HttpStatusCode Status, JsonElement Body)> EventuallyAsync(string path, Func<JsonElement, bool> when)
    {
        (HttpStatusCode Status, JsonElement Body) answer = default;
        await Eventually.TrueAsync(async () =>
        {
            answer = await server.GetAsync(path);
            return answer.Status == HttpStatusCode.OK && when(answer.Body);
        });
        return answer;
    }

    private async Task MakeDueAsync(string? id, string set)
    {
        await using var command = server.Source.CreateCommand($"update monitoring.alert set {set} where id = '{id}'");
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
    }
}
