using System.Text.Json.Nodes;
using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Storage;
using Salus.Records.Tests.Support;
using Salus.Records.Update;
using Salus.TestSupport;

namespace Salus.Records.Tests.SearchParameters;

/// <summary>SearchParameter resources as search parameters, from the first write to the last.</summary>
public sealed class AddedParameterTests(RecordServer server) : IClassFixture<RecordServer>
{
    private const string Colour = "http://example.org/colour";

    [Fact]
    public async Task A_stored_parameter_finds_old_and_new_resources_in_every_process()
    {
        await StoreAsync("old", "blue");
        await using var other = await RecordServer.StartAsync(server.ConnectionString, []);
        using var second = new FhirClient(new Uri(other.Urls.First()));
        await server.Fhir.StoreAsync(Parameter("eyes", "eye-colour"));
        await StoreAsync("new", "blue");
        await CompleteAsync(server.Fhir, "Patient?eye-colour=blue");
        await CompleteAsync(second, "Patient?eye-colour=blue");
        Assert.Equal(["new", "old"], (await server.Fhir.IdsAsync("Patient?eye-colour=blue")).Order());
        Assert.Equal(["new", "old"], (await second.IdsAsync("Patient?eye-colour=blue")).Order());
        Assert.Equal(["new", "old"], (await second.IdsAsync("Patient?eye-colour=%7Cblue&eye-colour:missing=false&_sort=eye-colour")).Order());
        var capability = (await server.Fhir.SearchAsync("metadata")).Json["rest"]![0]!["resource"]!.AsArray().Single(r => (string?)r!["type"] == "Patient")!;
        Assert.Contains(capability["searchParam"]!.AsArray(), p => (string?)p!["name"] == "eye-colour" && (string?)p["definition"] == "http://example.org/SearchParameter/eyes" && (string?)p["type"] == "token");
        await CheckAsync();

        // A write through the second process is found by the first, and the other way round.
        Assert.Equal(200, (await second.PutAsync(Patient("old", "green"))).Status);
        Assert.Equal(["old"], await server.Fhir.IdsAsync("Patient?eye-colour=green"));

        // It survives a restart.
        await using var third = await RecordServer.StartAsync(server.ConnectionString, []);
        using var after = new FhirClient(new Uri(third.Urls.First()));
        Assert.Equal(["old"], await after.IdsAsync("Patient?eye-colour=green"));
    }

    [Fact]
    public async Task A_changed_expression_is_another_parameter_and_a_deleted_one_is_none()
    {
        await StoreAsync("c1", "red", nick: "Tom");
        await server.Fhir.StoreAsync(Parameter("changing", "changing"));
        await CompleteAsync(server.Fhir, "Patient?changing=red");
        Assert.Equal(["c1"], await server.Fhir.IdsAsync("Patient?changing=red"));

        await server.Fhir.StoreAsync(Parameter("changing", "changing", type: "string", expression: "Patient.name.where(use='nickname').given"));
        await CompleteAsync(server.Fhir, "Patient?changing=to");
        Assert.Equal(["c1"], await server.Fhir.IdsAsync("Patient?changing=to"));
        Assert.Empty(await server.Fhir.IdsAsync("Patient?changing=red"));

        Assert.Equal(204, (await server.Fhir.DeleteAsync("SearchParameter/changing")).Status);
        (await server.Fhir.GetAsync("Patient?changing=to")).Refused(400, "changing");
        await IdleAsync();
        Assert.Equal(0L, await server.ScalarAsync<long>("select count(*) from records.parameter where code like 'changing%'"));
        await CheckAsync();

        // What comes back is begun anew: what was written meanwhile is found, too.
        await StoreAsync("c2", "red", nick: "Tommy");
        await server.Fhir.StoreAsync(Parameter("changing", "changing", type: "string", expression: "Patient.name.where(use='nickname').given"));
        await CompleteAsync(server.Fhir, "Patient?changing=to");
        Assert.Equal(["c1", "c2"], (await server.Fhir.IdsAsync("Patient?changing=to")).Order());
        Assert.Equal(200, (await server.Fhir.PutAsync(WithStatus(Parameter("changing", "changing"), "retired"))).Status);
        (await server.Fhir.GetAsync("Patient?changing=to")).Refused(400, "changing");
        await IdleAsync();
        await CheckAsync();
    }

    [Fact]
    public async Task Resources_of_two_tenants_with_one_id_are_two_parameters()
    {
        await StoreAsync("two", "violet");
        await server.Fhir.StoreAsync(Parameter("shared-id", "of-one"));
        var body = System.Text.Encoding.UTF8.GetBytes(Parameter("shared-id", "of-other").ToJsonString());
        var stored = await server.Get<UpdateInteraction>().RunAsync(
            Caller.System with { Tenant = new Tenant(2), Actor = "test" }, FhirDefinitions.R4.Resource("SearchParameter")!, "shared-id", server.Get<Preparation>().Read(body).Value.Root, Condition.None, CancellationToken.None);
        Assert.False(stored.Failed(out var failure), failure?.ToString());
        await CompleteAsync(server.Fhir, "Patient?of-one=violet");
        await CompleteAsync(server.Fhir, "Patient?of-other=violet");
        Assert.Equal(["two"], await server.Fhir.IdsAsync("Patient?of-one=violet&of-other=violet"));
        // What one tenant changes is compared with its own.
        Assert.Equal(200, (await server.Fhir.PutAsync(Parameter("shared-id", "of-one", "string", "Patient.name.family"))).Status);
        (await server.Fhir.PutAsync(Parameter("shared-id", "of-other", "string", "Patient.name.family"))).Refused(400, "of-other");
    }

    [Fact]
    public async Task One_that_is_stored_is_told_as_stored_whatever_becomes_of_its_loading()
    {
        await using var database = await TestDatabase.CreateAsync(new MigrationSet("records", typeof(RecordsModule).Assembly));
        await using var app = await RecordServer.StartAsync(database.ConnectionString, []);
        using var fhir = new FhirClient(new Uri(app.Urls.First()));
        // Two of one name, which the loading stumbles over.
        await ExecuteAsync("drop index records.parameter_name; insert into records.parameter (resource_type, code) select resource_type, code from records.parameter limit 1");
        Assert.Equal(201, (await fhir.PutAsync(Parameter("late", "late"))).Status);
        Assert.Equal(200, (await fhir.GetAsync("SearchParameter/late")).Status);
        await ExecuteAsync("delete from records.parameter p using records.parameter q where p.resource_type = q.resource_type and p.code = q.code and p.id > q.id");
        await Eventually.TrueAsync(async () => (await fhir.GetAsync("Patient?late=x")).Status == 200);

        async Task ExecuteAsync(string sql)
        {
            await using var command = database.Source.CreateCommand(sql);
            await command.ExecuteNonQueryAsync();
        }
    }

    [Theory]
    [InlineData("token", "Patient.", "expression", "position 9")]
    [InlineData("token", "Patient.extension(\"http://a.example\").value", "expression", "single quotes")]
    [InlineData("token", "Patient.nonsense", "expression", "nonsense")]
    [InlineData("token", "Observation.code", "expression", "Patient")]
    [InlineData("date", "Patient.gender", "expression", "date")]
    [InlineData("special", "Patient.gender", "type", "special")]
    public async Task One_that_could_find_nothing_is_refused(string type, string expression, string element, string named)
    {
        var answer = await server.Fhir.PutAsync(Parameter("wrong", "wrong", type, expression));
        answer.Refused(400, $"SearchParameter.{element}");
        answer.Refused(400, named);
        Assert.Equal(404, (await server.Fhir.GetAsync("SearchParameter/wrong")).Status);
        // The same as a draft is only stored.
        Assert.Equal(201, (await server.Fhir.PostAsync(WithStatus(Parameter(null, "wrong", type, expression), "draft"))).Status);
        (await server.Fhir.GetAsync("Patient?wrong=1")).Refused(400, "wrong");
    }

    [Fact]
    public async Task A_code_that_the_type_has_is_refused_unless_it_means_the_same()
    {
        (await server.Fhir.PutAsync(Parameter("clash", "gender"))).Refused(400, "gender");
        (await server.Fhir.PutAsync(Parameter("clash", "_mine"))).Refused(400, "_mine");
        (await server.Fhir.PutAsync(Parameter("clash", "a.b"))).Refused(400, "a.b");
        Assert.Equal(201, (await server.Fhir.PutAsync(Parameter("same", "gender", "token", "Patient.gender"))).Status);
        Assert.Equal(201, (await server.Fhir.PutAsync(Parameter("first", "twice"))).Status);
        (await server.Fhir.PutAsync(Parameter("second", "twice", "string", "Patient.name.family"))).Refused(400, "twice");
        // In one transaction neither sees the other: the first has the code, and the second is named.
        var both = Samples.Bundle(
            "transaction", Samples.Entry("PUT", "SearchParameter/t1", Parameter("t1", "raced")), Samples.Entry("PUT", "SearchParameter/t2", Parameter("t2", "raced", "string", "Patient.name.family")));
        Assert.Equal(200, (await server.Fhir.BundleAsync(both)).Status);
        await StoreAsync("r1", "grey");
        await CompleteAsync(server.Fhir, "Patient?raced=grey");
        Assert.Equal(["r1"], await server.Fhir.IdsAsync("Patient?raced=grey"));
        Assert.Contains("t2", (string?)(await StatusAsync())["unused"]!.AsArray().Single()!["id"], StringComparison.Ordinal);
        await server.Fhir.DeleteAsync("SearchParameter/t1");
        await CompleteAsync(server.Fhir, "Patient?raced=meier");
        Assert.Contains("r1", await server.Fhir.IdsAsync("Patient?raced=meier"));
    }

    [Fact]
    public async Task Every_type_of_parameter_can_be_added()
    {
        await server.Fhir.StoreAsync(Samples.Resource(
            """
            {"resourceType":"Procedure","id":"all","status":"completed","subject":{"reference":"Patient/x"},"performedPeriod":{"start":"2026-01-01","end":"2026-01-03"},
             "extension":[{"url":"http://e/n","valueDecimal":7.5},{"url":"http://e/q","valueQuantity":{"value":3,"unit":"ml"}},{"url":"http://e/u","valueUri":"urn:x:1"},{"url":"http://e/r","valueReference":{"reference":"Device/d1"}}],
             "performer":[{"function":{"coding":[{"code":"lead"}]},"actor":{"reference":"Practitioner/a"}},{"function":{"coding":[{"code":"aid"}]},"actor":{"reference":"Practitioner/b"}}]}
            """));
        (string Code, string Type, string Expression)[] added =
        [
            ("dose", "number", "Procedure.extension('http://e/n').value"), ("volume", "quantity", "Procedure.extension('http://e/q').value.ofType(Quantity)"),
            ("link", "uri", "Procedure.extension('http://e/u').value"), ("tool", "reference", "Procedure.extension('http://e/r').value"), ("began", "date", "Procedure.performed.as(Period).start"),
            ("role", "token", "Procedure.performer.function"), ("actor", "reference", "Procedure.performer.actor"),
        ];
        foreach (var (code, type, expression) in added)
        {
            await server.Fhir.StoreAsync(Parameter($"proc-{code}", code, type, expression, "Procedure"));
        }

        var pair = Parameter("proc-pair", "role-actor", "composite", "Procedure.performer", "Procedure");
        pair["component"] = JsonNode.Parse(
            """[{"definition":"http://example.org/SearchParameter/proc-role","expression":"function"},{"definition":"http://example.org/SearchParameter/proc-actor","expression":"actor"}]""");
        await server.Fhir.StoreAsync(pair);
        foreach (var (query, found) in new[]
        {
            ("dose=gt7", true), ("dose=lt7", false), ("volume=3||ml", true), ("volume=4", false), ("link=urn:x:1", true), ("tool=Device/d1", true), ("tool=d2", false), ("began=2026-01-01", true),
            ("began=2026-01-03", false), ("role-actor=lead$Practitioner/a", true), ("role-actor=lead$Practitioner/b", false), ("role-actor=aid$b", true),
        })
        {
            await CompleteAsync(server.Fhir, $"Procedure?{query}");
            Assert.True(found == (await server.Fhir.IdsAsync($"Procedure?{query}")).Contains("all"), query);
        }

        // Its references are followed.
        await server.Fhir.StoreAsync(Samples.Resource("""{"resourceType":"Device","id":"d1","status":"active"}"""));
        Assert.Equal(["all"], await server.Fhir.IdsAsync("Procedure?tool:Device.status=active"));
        Assert.Equal(["d1"], await server.Fhir.IdsAsync("Device?_has:Procedure:tool:status=completed"));
        Assert.Contains("Device", (await server.Fhir.SearchAsync("Procedure?_id=all&_include=Procedure:tool")).Entries.Select(e => (string?)e["resource"]!["resourceType"]));
        await CheckAsync();
    }

    private Task<Answer> StoreAsync(string id, string colour, string? nick = null) => server.Fhir.StoreAsync(Patient(id, colour, nick));

    private static JsonObject Patient(string id, string colour, string? nick = null)
    {
        var patient = Samples.Patient(id);
        patient["extension"] = new JsonArray(new JsonObject { ["url"] = Colour, ["valueCode"] = colour });
        if (nick is not null)
        {
            patient["name"]!.AsArray().Add(JsonNode.Parse($$"""{"use":"nickname","given":["{{nick}}"]}"""));
        }

        return patient;
    }

    private static JsonObject Parameter(string? id, string code, string type = "token", string expression = $"Patient.extension('{Colour}').value", string on = "Patient")
    {
        var parameter = Samples.Resource(
            $$"""{"resourceType":"SearchParameter","url":"http://example.org/SearchParameter/{{id}}","name":"X","status":"active","description":"x","base":["{{on}}"],"type":"{{type}}"}""");
        parameter["code"] = code;
        parameter["expression"] = expression;
        if (id is not null)
        {
            parameter["id"] = id;
        }

        return parameter;
    }

    private static JsonObject WithStatus(JsonObject parameter, string status)
    {
        parameter["status"] = status;
        return parameter;
    }

    [Fact]
    public async Task A_filter_by_what_another_process_was_just_given_is_understood()
    {
        await using var other = await RecordServer.StartAsync(server.ConnectionString, []);
        using var second = new FhirClient(new Uri(other.Urls.First()));
        await StoreAsync("filtered", "teal");
        for (var round = 0; round < 5; round++)
        {
            var code = $"filtered-{round}";
            await server.Fhir.StoreAsync(Parameter(code, code));
            foreach (var path in new[] { "Patient?", "?_type=Patient&" })
            {
                // It may still be indexed, and is known.
                var answer = await second.GetAsync($"{path}_filter={code} eq teal", ("Prefer", "handling=lenient"));
                Assert.True(answer.Status is 200 or 503, $"{path}: {answer}");
            }

            await CompleteAsync(second, $"Patient?{code}=teal");
            Assert.Equal(["filtered"], await second.IdsAsync($"Patient?_filter={code} eq teal"));
            Assert.Equal(204, (await server.Fhir.DeleteAsync($"SearchParameter/{code}")).Status);
        }
    }

    // Until it is complete it is refused, never answered in part.
    private static async Task CompleteAsync(FhirClient fhir, string query)
    {
        await Eventually.TrueAsync(async () =>
        {
            var answer = await fhir.GetAsync(query);
            if (answer.Status != 200)
            {
                Assert.True(answer.Status == 503 || answer.Problems.Contains("has no search parameter", StringComparison.Ordinal), $"{query}: {answer}");
            }

            return answer.Status == 200;
        }, 60);
    }

    private async Task<JsonNode> StatusAsync() => (await server.Fhir.GetAsync(new Uri(server.Address, "/admin/search/reindex").ToString())).Json;

    private Task IdleAsync() => Eventually.TrueAsync(async () => (string?)(await StatusAsync())["state"] == "complete" && await server.ScalarAsync<long>("select count(*) from records.parameter where retired") == 0);

    private async Task CheckAsync()
    {
        var report = await server.Get<RecordCheck>().RunAsync(new CheckOrder { MaxDifferences = 10 }, new CheckProgress(), CancellationToken.None);
        Assert.Empty(report.Differences.Select(d => d.ToString()));
    }
}
