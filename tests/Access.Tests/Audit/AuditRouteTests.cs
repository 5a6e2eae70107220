using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Salus.Access.Gate;
using Salus.Access.Tests.Support;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Validation;
using Salus.Kernel;
using Salus.TestSupport;

namespace Salus.Access.Tests.Audit;

public sealed class AuditRouteTests(AuditRouteTests.Server server) : IClassFixture<AuditRouteTests.Server>, IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = server.Address };

    [Theory]
    [InlineData("GET", "/admin/access/audit")]
    [InlineData("GET", "/admin/access/audit/days")]
    [InlineData("POST", "/admin/access/audit/verify")]
    public async Task Only_who_may_read_the_trail_reads_it(string method, string path)
    {
        using var nobody = await SendAsync(method, path, null);
        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
        using var patient = await SendAsync(method, path, "patient");
        Assert.Equal(HttpStatusCode.Forbidden, patient.StatusCode);
    }

    [Fact]
    public async Task A_refusal_stands_in_the_trail()
    {
        using var refused = await SendAsync("GET", "/admin/access/audit?text=refused-once", "patient");
        var found = await FoundAsync("kind=denied&text=refused-once", 1);
        Assert.Equal("user/patient", (string?)found[0]!["actor"]);
        Assert.Equal("minorFailure", (string?)found[0]!["outcome"]);
    }

    [Fact]
    public async Task It_is_searched_by_who_whose_when_what_and_how()
    {
        await WriteAsync(new AuditEntry(Nurse, AuditKind.Read) { Type = "Observation", Id = "o7", Version = 2, Patients = ["p7", "p8"] });
        await WriteAsync(new AuditEntry(Nurse, AuditKind.Search) { Type = "Condition", Patients = ["p8"], Query = "/fhir/Condition?code=100%_x" });
        await FoundAsync("actor=user/nurse", 2);
        Assert.Equal("o7", (string?)Assert.Single(await FoundAsync("patient=p7", 1))!["resourceId"]);
        Assert.Equal(2, (await FoundAsync("patient=p8", 2)).Count);
        Assert.Single(await FoundAsync("actor=user/nurse&kind=read", 1));
        Assert.Single(await FoundAsync("type=Observation&id=o7", 1));
        Assert.Single(await FoundAsync("text=100%25_x", 1));
        Assert.Empty(await FoundAsync("text=100%25%25x&actor=user/nurse", 0));
        Assert.Empty(await FoundAsync("actor=user/nurse&to=2001-01-01", 0));
        Assert.Equal(2, (await FoundAsync("actor=user/nurse&from=2001-01-01&outcome=success", 2)).Count);
        var page = await JsonAsync("/admin/access/audit?actor=user/nurse&count=1");
        var next = await JsonAsync($"/admin/access/audit?actor=user/nurse&count=1&cursor={page["next"]}");
        Assert.Equal("search", (string?)page["entries"]![0]!["kind"]);
        Assert.Equal("read", (string?)next["entries"]![0]!["kind"]);
        Assert.Null(next["next"]);
    }

    [Fact]
    public async Task Who_is_found_by_id_or_name_a_patient_by_reference_and_a_day_is_whole()
    {
        var id = Guid.NewGuid();
        await WriteAsync(new AuditEntry(Nurse with { Actor = $"user/{id:N}", Name = "Flor\u00e9nce Night_Ingale" }, AuditKind.Read) { Type = "Patient", Id = "scutari", Patients = ["scutari"] });
        var today = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        await FoundAsync("id=scutari", 1);
        foreach (var query in new[] { $"actor={id}", $"actor={id:N}", $"actor=user/{id:N}", "actor=night_ingale", "actor=florence", "actor=FLORE%CC%81NCE", "text=florence&kind=read", "patient=Patient/scutari&kind=read", "patient=scutari&kind=read" })
        {
            Assert.Equal("scutari", (string?)Assert.Single(await FoundAsync(query, 1))!["resourceId"]);
        }

        Assert.Empty(await FoundAsync("actor=nightxingale", 0));
        // Written before midnight and asked after it, it is of yesterday.
        if (DateTimeOffset.UtcNow.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture) == today)
        {
            Assert.Single(await FoundAsync($"id=scutari&from={today}&to={today}", 1));
        }

        Assert.Empty(await FoundAsync($"id=scutari&to={today}T00:00:00Z", 0));
    }

    [Fact]
    public async Task What_was_done_under_break_glass_is_marked_where_it_is_about_that_patient()
    {
        var opening = Guid.NewGuid();
        var caller = Nurse with { Actor = "user/breaker", Opened = [new OpenedRecord("broken", opening), new OpenedRecord("elsewhere", Guid.NewGuid())] };
        await WriteAsync(
            new AuditEntry(caller, AuditKind.Read) { Type = "Observation", Id = "under", Patients = ["other", "broken"] },
            new AuditEntry(caller, AuditKind.Read) { Type = "Observation", Id = "beside", Patients = ["other"] });
        await FoundAsync("actor=user/breaker", 2);
        Assert.Equal($"[\"{opening}\"]", (await FoundAsync("actor=user/breaker&id=under", 1))[0]!["breakGlass"]!.ToJsonString());
        Assert.Equal("[]", (await FoundAsync("actor=user/breaker&id=beside", 1))[0]!["breakGlass"]!.ToJsonString());
        var csv = await TextAsync("/admin/access/audit?actor=user/breaker&id=under", "text/csv");
        Assert.EndsWith($",{opening}\r\n", csv, StringComparison.Ordinal);
        var marked = JsonNode.Parse(await TextAsync("/admin/access/audit?actor=user/breaker&id=under", "application/fhir+json"))!["entry"]![0]!["resource"]!;
        Assert.Equal("BTG", (string?)marked["purposeOfEvent"]![0]!["coding"]![0]!["code"]);
        Assert.Contains($"urn:uuid:{opening}", marked["entity"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("purposeOfEvent", await TextAsync("/admin/access/audit?actor=user/breaker&id=beside", "application/fhir+json"), StringComparison.Ordinal);
    }

    private async Task<string> TextAsync(string path, string accept)
    {
        using var answer = await SendAsync("GET", path, "officer", accept);
        return await answer.Content.ReadAsStringAsync();
    }

    [Theory]
    [InlineData("kind=dance", "kind")]
    [InlineData("from=yesterday", "from")]
    [InlineData("count=0", "count")]
    [InlineData("cursor=nowhere", "cursor")]
    [InlineData("actor=%00", "actor")]
    [InlineData("outcome=7", "outcome")]
    [InlineData("to=2026-13-01", "to")]
    [InlineData("to=9999-12-31", "to")]
    [InlineData("patient=Patient/1/x", "patient")]
    [InlineData("kind=read&kind=search", "kind")]
    [InlineData("who=me", "who")]
    [InlineData("actor=user/nurse&pateint=1", "pateint")]
    [InlineData("actor=x", "actor", "/access/my-record/audit", "patient")]
    public async Task What_cannot_be_read_is_named(string query, string field, string path = "/admin/access/audit", string who = "officer")
    {
        using var answer = await SendAsync("GET", $"{path}?{query}", who);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Equal(field, (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["issue"]![0]!["expression"]![0]);
    }

    [Fact]
    public async Task Every_kind_is_a_valid_AuditEvent()
    {
        var caller = Nurse with { Client = "app-1", Session = "s", Purpose = "TREAT", Name = "Nora", Roles = ["nurse"], Person = "Practitioner/n1", Origin = new Origin("r", "192.0.2.1"), Actor = "user/all-kinds", Opened = [new OpenedRecord("p", Guid.NewGuid())] };
        var kinds = Enum.GetValues<AuditKind>();
        await WriteAsync([.. kinds.Select(k => new AuditEntry(caller, k) { Type = "Observation", Id = "o", Version = 1, Patients = ["p", "not an id!"], Query = " a ", Detail = " \u0001 ", Outcome = AuditOutcome.MinorFailure })]);
        await WriteAsync(new AuditEntry(Caller.Nobody with { Actor = "user/all-kinds" }, AuditKind.Denied) { Type = "user", Id = "who knows" });
        await FoundAsync("actor=user/all-kinds", kinds.Length + 1);
        using var answer = await SendAsync("GET", "/admin/access/audit?actor=user/all-kinds&count=1000", "officer", "application/fhir+json");
        var body = await answer.Content.ReadAsByteArrayAsync();
        var validator = new ResourceValidator(FhirDefinitions.R4);
        Assert.True(ResourceReader.TryRead(body, FhirDefinitions.R4, out var document, out var unread), unread?.Message);
        Assert.Equal(kinds.Length + 1, JsonNode.Parse(body)!["entry"]!.AsArray().Count);
        Assert.Empty(validator.Validate(document.Root, new ValidationRequest()).Where(i => i.Severity >= Fhir.IssueSeverity.Error).Select(i => $"{i.Path}: {i.Message}"));
    }

    [Fact]
    public async Task A_spreadsheet_gets_no_formulas()
    {
        await WriteAsync(new AuditEntry(Nurse with { Actor = "=cmd|' /C calc'!A0", Name = "a,\"b\"" }, AuditKind.Read) { Type = "Patient", Id = "formula" });
        await FoundAsync("id=formula", 1);
        using var answer = await SendAsync("GET", "/admin/access/audit?id=formula", "officer", "text/csv");
        Assert.Contains(",'=cmd|' /C calc'!A0,\"a,\"\"b\"\"\",", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_reads_the_trail_stands_in_it()
    {
        await JsonAsync("/admin/access/audit?patient=watched");
        var found = await FoundAsync("kind=auditRead&actor=user/officer&text=patient%3Dwatched&count=1", 1);
        Assert.Equal("watched", (string?)found[0]!["patients"]![0]);
    }

    [Fact]
    public async Task A_patient_sees_who_looked_at_the_own_record_and_nothing_else()
    {
        await WriteAsync(new AuditEntry(Nurse with { Name = "Nora", Roles = ["nurse"], Purpose = "TREAT" }, AuditKind.Read) { Type = "Observation", Id = "mine", Patients = ["me", "other"] });
        await WriteAsync(new AuditEntry(Nurse, AuditKind.Read) { Type = "Observation", Id = "theirs", Patients = ["other"] });
        JsonNode? own = null;
        await Eventually.TrueAsync(async () => (own = await JsonAsync("/access/my-record/audit", "patient"))["entries"]!.AsArray().Count > 0);
        var entry = Assert.Single(own!["entries"]!.AsArray())!;
        Assert.Equal("Nora, nurse, TREAT, Observation/mine, read", $"{entry["who"]}, {entry["role"]}, {entry["why"]}, {entry["what"]}, {entry["kind"]}");
        using var officer = await SendAsync("GET", "/access/my-record/audit", "officer");
        Assert.Equal(HttpStatusCode.Forbidden, officer.StatusCode);
    }

    [Fact]
    public async Task A_printed_page_stands_in_the_trail()
    {
        using (var others = new HttpRequestMessage(HttpMethod.Post, "/access/print") { Content = JsonContent.Create(new { type = "Patient", id = "somebody-else", what = "summary" }) })
        {
            others.Headers.Add("X-Who", "printer");
            using var refused = await http.SendAsync(others);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, "/access/print") { Content = JsonContent.Create(new { type = "Patient", id = "printer", what = "summary" }) };
        request.Headers.Add("X-Who", "printer");
        using var answer = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal("summary", (string?)(await FoundAsync("kind=print&patient=printer", 1))[0]!["detail"]);
    }

    [Fact]
    public async Task It_is_verified_and_its_days_are_shown()
    {
        await WriteAsync(new AuditEntry(Nurse, AuditKind.Read) { Type = "Patient", Id = "linked" });
        await Eventually.TrueAsync(async () => (await JsonAsync("/admin/access/audit/days")).AsArray().Count > 0);
        using var answer = await SendAsync("POST", "/admin/access/audit/verify", "officer");
        var verdict = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.True((bool)verdict["ok"]!, verdict.ToJsonString());
        Assert.True((long)verdict["checked"]! > 0);
    }

    public void Dispose() => http.Dispose();

    private static Caller Nurse => new(Tenant.Default, "user/nurse");

    private async Task WriteAsync(params AuditEntry[] entries) => await server.Get<IAuditTrail>().WriteAsync(entries, CancellationToken.None);

    private async Task<JsonArray> FoundAsync(string query, int least)
    {
        JsonNode? page = null;
        await Eventually.TrueAsync(async () => (page = await JsonAsync($"/admin/access/audit?{query}"))["entries"]!.AsArray().Count >= least, state: () => page?.ToJsonString() ?? "");
        return page!["entries"]!.AsArray();
    }

    private async Task<JsonNode> JsonAsync(string path, string who = "officer")
    {
        using var answer = await SendAsync("GET", path, who);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }

    private async Task<HttpResponseMessage> SendAsync(string method, string path, string? who, string accept = "application/json")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(accept));
        if (method == "POST")
        {
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        }

        if (who is not null)
        {
            request.Headers.Add("X-Who", who);
        }

        return await http.SendAsync(request);
    }

    public sealed class Server : AccessServer
    {
        protected override void Configure(IServiceCollection services) => services.AddSingleton<IIdentity, ByHeader>();
    }

    /// <summary>Some people, told apart by a header.</summary>
    private sealed class ByHeader : IIdentity
    {
        public ValueTask<Outcome<Caller?>> FindAsync(HttpContext http, CancellationToken ct) => new(http.Request.Headers["X-Who"].ToString() switch
        {
            "officer" => new Caller(Tenant.Default, "user/officer") { Permit = new Permit([[]], [Permissions.Audit]) },
            "patient" => new Caller(Tenant.Default, "user/patient") { Person = "Patient/me" },
            "printer" => new Caller(Tenant.Default, "user/printer") { Person = "Patient/printer", Permit = new Permit([[new Grant("Patient", Interactions.Read, new Reach.Own("Patient/printer"))]], []) },
            _ => (Outcome<Caller?>)(Caller?)null,
        });
    }
}
