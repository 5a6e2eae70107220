using System.Net;
using System.Text.Json;
using Salus.Kernel;
using Salus.Monitoring.Tests.Alerts;
using Salus.Monitoring.Tests.Support;

namespace Salus.Monitoring.Tests.Live;

/// <summary>Wards and events over HTTP, put together from a record with two beds.</summary>
public sealed class LiveTests(TelemetryServer server) : IClassFixture<TelemetryServer>, IAsyncLifetime
{
    public async Task InitializeAsync()
    {
        await PutAsync("Location/w1", """ "name":"Ward 1","physicalType":{"coding":[{"code":"wa"}]} """);
        await PutAsync("Location/r1", """ "name":"Room 1","physicalType":{"coding":[{"code":"ro"}]},"partOf":{"reference":"Location/w1"} """);
        await PutAsync("Location/b1", """ "name":"Bed 1","status":"active","physicalType":{"coding":[{"code":"bd"}]},"partOf":{"reference":"Location/r1"} """);
        await PutAsync("Location/b2", """ "name":"Ward 1 Bed 2","status":"active","physicalType":{"coding":[{"code":"bd"}]},"partOf":{"reference":"Location/r1"} """);
        await PutAsync("Patient/l1", """ "name":[{"family":"Okafor","given":["Ada","Ngozi"]}],"birthDate":"1976-11-15","gender":"female" """);
        await PutAsync("Encounter/e1", """ "status":"in-progress","class":{"code":"IMP"},"subject":{"reference":"Patient/l1"},"location":[{"location":{"reference":"Location/b1"},"status":"active"}] """);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_ward_has_its_beds_with_who_lies_there()
    {
        Assert.Contains((await server.GetAsync("/monitoring/wards")).Body.EnumerateArray(), w => w.GetProperty("id").GetString() == "w1" && w.GetProperty("beds").GetInt32() == 2);
        var (status, ward) = await server.GetAsync("/monitoring/wards/w1");
        Assert.Equal(HttpStatusCode.OK, status);
        var beds = ward.GetProperty("beds");
        Assert.Equal(["Bed 1", "Bed 2"], beds.EnumerateArray().Select(b => b.GetProperty("bed").GetProperty("name").GetString()));
        Assert.Equal(("l1", "OKAFOR, Ada Ngozi", "Okafor A.", "1976-11-15"), Patient(beds[0].GetProperty("patient")));
        Assert.Equal(JsonValueKind.Null, beds[1].GetProperty("patient").ValueKind);
        Assert.Contains(server.Told, e => e.Kind == AuditKind.Search && e.Patients.Contains("l1"));
    }

    [Fact]
    public async Task A_hospital_of_more_places_than_a_page_takes_has_all_its_wards_and_beds()
    {
        var places = Enumerable.Range(0, 1200).Select(i => Place($"many-{i}", "bd", $$""" ,"partOf":{"reference":"Location/many-{{(i < 1100 ? "big" : "small")}}"} """)).Append(Place("many-big", "wa", "")).Append(Place("many-small", "wa", ""));
        var (status, _) = await server.SendAsync(HttpMethod.Post, "/fhir", $$"""{"resourceType":"Bundle","type":"batch","entry":[{{string.Join(',', places)}}]}""", type: "application/fhir+json");
        Assert.Equal(HttpStatusCode.OK, status);
        var wards = (await server.GetAsync("/monitoring/wards")).Body.EnumerateArray().ToDictionary(w => w.GetProperty("id").GetString()!, w => w.GetProperty("beds").GetInt32());
        Assert.Equal((1100, 100), (wards["many-big"], wards["many-small"]));
        Assert.Equal(1100, (await server.GetAsync("/monitoring/wards/many-big")).Body.GetProperty("beds").GetArrayLength());

        static string Place(string id, string kind, string more) =>
            $$"""{"request":{"method":"PUT","url":"Location/{{id}}"},"resource":{"resourceType":"Location","id":"{{id}}","name":"{{id}}","physicalType":{"coding":[{"code":"{{kind}}"}]}{{more}} } }""";
    }

    [Fact]
    public async Task Who_may_not_see_the_patient_finds_the_bed_empty()
    {
        server.Callers["elsewhere"] = new Caller(Tenant.Default, "nurse elsewhere")
        {
            Permit = new Permit([[new Grant("Location", Interactions.All, Reach.All), new Grant("Observation", Interactions.All, Reach.Of("other")), new Grant("Patient", Interactions.All, Reach.Of("other")), new Grant("Encounter", Interactions.All, Reach.Of("other"))]], []),
        };
        var (_, ward) = await server.GetAsync("/monitoring/wards/w1", "elsewhere");
        Assert.All(ward.GetProperty("beds").EnumerateArray(), b => Assert.Equal(JsonValueKind.Null, b.GetProperty("patient").ValueKind));
        Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync("/monitoring/events?patient=l1", "elsewhere")).Status);
    }

    [Theory]
    [InlineData("", "ward")]
    [InlineData("?ward=w1&patient=l1", "ward")]
    [InlineData("?bed=b1", "bed")]
    public async Task A_wrong_question_names_the_parameter(string query, string field)
    {
        var (status, body) = await server.GetAsync($"/monitoring/events{query}");
        Assert.Equal((HttpStatusCode.BadRequest, field), (status, body.GetProperty("issue")[0].GetProperty("expression")[0].GetString()));
        Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync("/monitoring/wards/nowhere")).Status);
    }

    [Fact]
    public async Task Who_follows_a_ward_is_told_of_states_and_alerts_and_misses_none_after_a_break()
    {
        string? last;
        await using (var events = await server.FollowAsync("/monitoring/events?ward=w1"))
        {
            server.Change(Given.State("l1", (DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - Given.Start) / 1000.0, 9, ("heart-rate", 88)));
            var seen = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
            last = null;
            await events.UntilAsync((name, id, data) =>
            {
                seen[name] = data;
                last = id ?? last;
                return seen.ContainsKey("state") && seen.ContainsKey("alert");
            });
            Assert.Equal("l1", seen["state"].GetProperty("patient").GetString());
            Assert.Equal("news2-high", seen["alert"].GetProperty("rule").GetString());
        }

        var alert = (await server.GetAsync("/monitoring/alerts?patient=l1")).Body[0].GetProperty("id").GetString();
        Assert.Contains((await server.GetAsync("/monitoring/alerts?ward=w1")).Body.EnumerateArray(), a => a.GetProperty("id").GetString() == alert);
        Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync("/monitoring/alerts?ward=nowhere")).Status);
        await server.SendAsync(HttpMethod.Post, $"/monitoring/alerts/{alert}/resolve", """{"reason":"better"}""");
        await using var again = await server.FollowAsync("/monitoring/events?ward=w1", last);
        await again.UntilAsync((name, _, data) => name == "alert" && data.GetProperty("id").GetString() == alert && data.GetProperty("status").GetString() == "resolved");
    }

    private static (string?, string?, string?, string?) Patient(JsonElement patient) =>
        (patient.GetProperty("id").GetString(), patient.GetProperty("name").GetString(), patient.GetProperty("short").GetString(), patient.GetProperty("birthDate").GetString());

    private async Task PutAsync(string name, string content)
    {
        var (type, id) = (name.Split('/')[0], name.Split('/')[1]);
        var (status, _) = await server.SendAsync(HttpMethod.Put, $"/fhir/{name}", $$"""{"resourceType":"{{type}}","id":"{{id}}",{{content}}}""", type: "application/fhir+json");
        Assert.True(status is HttpStatusCode.Created or HttpStatusCode.OK, $"{name}: {status}");
    }
}
