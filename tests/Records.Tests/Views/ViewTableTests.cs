using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;
using Salus.TestSupport;

namespace Salus.Records.Tests.Views;

/// <summary>Stored views and their tables, over HTTP and in the database.</summary>
public sealed class ViewTableTests(RecordServer server) : IClassFixture<RecordServer>
{
    private readonly FhirClient fhir = server.Fhir;

    [Fact]
    public async Task A_table_follows_create_update_and_delete()
    {
        await fhir.StoreAsync(Patient("before", "Alt"));
        await ReadyAsync("follows", View("follows"));
        Assert.Equal("Alt", await FamilyAsync("follows", "before"));

        await fhir.StoreAsync(Patient("new", "Neu"));
        await FamilyIsAsync("follows", "new", "Neu");
        await fhir.StoreAsync(Patient("new", "Neuer"));
        await FamilyIsAsync("follows", "new", "Neuer");
        await fhir.DeleteAsync("Patient/new");
        await FamilyIsAsync("follows", "new", null);
        await fhir.StoreAsync(Patient("new", "Wieder"));
        await FamilyIsAsync("follows", "new", "Wieder");
        Assert.Equal(1, await server.ScalarAsync<long>("select count(*) from views.follows where id = 'new'"));
    }

    [Fact]
    public async Task An_altered_view_has_its_new_columns_and_no_trace_of_the_old_table()
    {
        await fhir.StoreAsync(Patient("altered", "A"));
        await ReadyAsync("altered", View("altered"));
        var tables = await TablesAsync();
        var changed = View("altered");
        changed["select"]![0]!["column"]!.AsArray().Add(JsonNode.Parse("""{"name":"xmin","path":"active"}"""));
        await ReadyAsync("altered", changed);
        Assert.Equal(1, await server.ScalarAsync<long>("select count(*) from views.altered where id = 'altered' and xmin is null"));
        Assert.Equal(tables, await TablesAsync());

        changed["status"] = "draft";
        Assert.Equal(200, (await fhir.PutAsync(changed)).Status);
        Assert.Equal(tables - 2, await TablesAsync());
        Assert.Equal(204, (await fhir.DeleteAsync("ViewDefinition/altered")).Status);
        Assert.Equal(404, (await fhir.GetAsync("ViewDefinition/altered")).Status);
    }

    [Fact]
    public async Task A_view_that_does_not_fit_a_resource_fails_alone_and_says_why()
    {
        await ReadyAsync("fits", View("fits"));
        var narrow = View("narrow");
        narrow["select"]![0]!["column"]![1]!["path"] = "name.family";
        await ReadyAsync("narrow", narrow);

        var two = Patient("two-names", "One");
        two["name"]!.AsArray().Add(JsonNode.Parse("""{"family":"Two"}"""));
        await fhir.StoreAsync(two);
        await Eventually.TrueAsync(async () => await StateAsync("narrow") == "failed");
        var status = (await fhir.GetAsync("ViewDefinition/narrow/$materialization")).Text;
        Assert.Contains("'name.family' gives 2", status, StringComparison.Ordinal);
        Assert.Contains("Patient/two-names", status, StringComparison.Ordinal);
        await FamilyIsAsync("fits", "two-names", "One");
        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from pg_class where relname = 'narrow'"));

        narrow["select"]![0]!["column"]![1]!["path"] = "name.first().family";
        await ReadyAsync("narrow", narrow);
        Assert.Equal("One", await FamilyAsync("narrow", "two-names"));
    }

    [Fact]
    public async Task A_definition_is_stored_read_found_and_refused_with_reasons()
    {
        var view = View("stored");
        view["status"] = "draft";
        view["url"] = "http://example.org/ViewDefinition/stored";
        var created = await fhir.PutAsync(view);
        Assert.Equal((201, "W/\"1\""), (created.Status, created.ETag));
        Assert.Equal(200, (await fhir.PutAsync(view)).Status);
        Assert.Equal("stored", (string?)(await fhir.GetAsync("ViewDefinition/stored")).Json["name"]);
        Assert.Equal(["stored"], (await fhir.GetAsync("ViewDefinition?url=http://example.org/ViewDefinition/stored")).Entries.Select(e => (string)e["resource"]!["id"]!));
        (await fhir.GetAsync("ViewDefinition?resource=Patient")).Refused(400, "there are url and name");
        Assert.Equal(1, (int)(await fhir.GetAsync("ViewDefinition?name=stored")).Json["total"]!);

        view["select"]![0]!["column"]![0]!["path"] = "idd";
        var refused = await fhir.PutAsync(view);
        refused.Refused(422, "Patient has no element 'idd'");
        Assert.Contains("ViewDefinition.select[0].column[0].path", refused.Text, StringComparison.Ordinal);
        var other = View("other");
        other["id"] = "wrong";
        (await fhir.SendAsync(HttpMethod.Put, "ViewDefinition/other", FhirClient.Json(other.ToJsonString()))).Refused(400, "must be the same");
        (await fhir.SendAsync(HttpMethod.Put, "ViewDefinition/other", FhirClient.Json("{"))).Refused(400, "not well-formed");
        (await fhir.PostAsync(View("posted"))).Refused(405, "PUT ViewDefinition/[id]");
        var nameless = View("nameless");
        nameless.AsObject().Remove("name");
        (await fhir.PutAsync(nameless)).Refused(422, "needs a name");
    }

    [Fact]
    public async Task Two_active_views_cannot_have_one_name()
    {
        await ReadyAsync("first", View("first", name: "taken"));
        (await fhir.PutAsync(View("second", name: "taken"))).Refused(409, "Another active view is named 'taken'");
        Assert.Equal(204, (await fhir.DeleteAsync("ViewDefinition/first")).Status);
        await ReadyAsync("second", View("second", name: "taken"));
    }

    [Fact]
    public async Task What_somebody_built_on_a_table_keeps_it_from_being_dropped()
    {
        await ReadyAsync("base", View("base"));
        await using (var command = server.Source.CreateCommand("create view public.on_base as select * from views.base"))
        {
            await command.ExecuteNonQueryAsync();
        }

        (await fhir.DeleteAsync("ViewDefinition/base")).Refused(409, "is built on views.\"base\"");
        Assert.Equal("ready", await StateAsync("base"));
        await using (var command = server.Source.CreateCommand("drop view public.on_base"))
        {
            await command.ExecuteNonQueryAsync();
        }

        Assert.Equal(204, (await fhir.DeleteAsync("ViewDefinition/base")).Status);
    }

    [Fact]
    public async Task Every_kind_of_column_and_list_reaches_its_type_in_the_database()
    {
        var view = JsonNode.Parse("""
            {"resourceType":"ViewDefinition","id":"kinds","name":"kinds","status":"active","resource":"Observation","select":[{"column":[
              {"name":"id","path":"id"},{"name":"number","path":"value.ofType(Quantity).value"},{"name":"whole","path":"component.count()"},
              {"name":"big","path":"component.count()","tag":[{"name":"ansi/type","value":"BIGINT"}]},{"name":"half","path":"value.ofType(Quantity).value","tag":[{"name":"ansi/type","value":"DOUBLE PRECISION"}]},
              {"name":"day","path":"effective.ofType(dateTime)","tag":[{"name":"ansi/type","value":"DATE"}]},{"name":"moment","path":"issued","tag":[{"name":"ansi/type","value":"TIMESTAMP"}]},
              {"name":"final","path":"status = 'final'"},{"name":"subject","path":"subject"},
              {"name":"codes","path":"code.coding.code","collection":true},{"name":"numbers","path":"component.value.ofType(Quantity).value","collection":true},{"name":"codings","path":"code.coding","collection":true}]}]}
            """)!;
        await ReadyAsync("kinds", view);
        var observation = Samples.Observation("kinds");
        observation["valueQuantity"] = JsonNode.Parse("""{"value":1.50}""");
        observation["effectiveDateTime"] = "2020-02-29T23:00:00-05:00";
        observation["issued"] = "2020-02-29T23:00:00-05:00";
        observation["component"] = JsonNode.Parse("""[{"code":{"text":"a"},"valueQuantity":{"value":2}},{"code":{"text":"b"},"valueQuantity":{"value":3.25}}]""");
        await fhir.StoreAsync(observation);
        await Eventually.TrueAsync(async () => await server.ScalarAsync<long>("select count(*) from views.kinds") == 1);
        Assert.Equal(
            "1.50 2 2 1.5 2020-02-29 2020-03-01 04:00:00 true {2,3.25}",
            await server.ScalarAsync<string>("select concat_ws(' ', number, whole, big, half, day, moment at time zone 'UTC', final::text, numbers) from views.kinds"));
        Assert.Equal(
            "numeric integer bigint double precision date timestamp with time zone boolean jsonb text[] numeric[] jsonb[]",
            await server.ScalarAsync<string>("select string_agg(format_type(atttypid, null), ' ' order by attnum) from pg_attribute where attrelid = 'views.kinds'::regclass and attnum > 1"));
        Assert.True(await server.ScalarAsync<bool>("select subject ? 'reference' and codings[1] ? 'code' from views.kinds"));
    }

    [Theory]
    [InlineData("9999-12-31T23:59:59-05:00", "10000-01-01 04:59:59")]
    [InlineData("0001-01-01T00:00:00+01:00", "0001-12-31 23:00:00 BC")]
    public async Task A_moment_at_the_edge_of_the_calendar_holds_up_no_table(string issued, string stored)
    {
        var id = issued.StartsWith('9') ? "late" : "early";
        var view = JsonNode.Parse($$"""
            {"resourceType":"ViewDefinition","id":"edge-{{id}}","name":"edge_{{id}}","status":"active","resource":"Observation","select":[{"column":[{"name":"id","path":"id"},
              {"name":"moment","path":"issued","tag":[{"name":"ansi/type","value":"TIMESTAMP"}]},{"name":"moments","path":"issued","collection":true,"tag":[{"name":"ansi/type","value":"TIMESTAMP"}]}]}]}
            """)!;
        await ReadyAsync($"edge-{id}", view);
        await ReadyAsync($"beside-{id}", View($"beside-{id}", $"beside_{id}"));
        var observation = Samples.Observation(id);
        observation["issued"] = issued;
        await fhir.StoreAsync(observation);
        await fhir.StoreAsync(Patient(id, "After"));
        await FamilyIsAsync($"beside_{id}", id, "After");
        Assert.Equal("ready", await StateAsync($"edge-{id}"));
        Assert.Equal($"{stored} {stored}", await server.ScalarAsync<string>($"select concat_ws(' ', moment at time zone 'UTC', moments[1] at time zone 'UTC') from views.edge_{id} where id = '{id}'"));
    }

    [Fact]
    public async Task The_last_day_of_the_calendar_is_no_infinity()
    {
        var view = View("days");
        view["select"]![0]!["column"]!.AsArray().Add(JsonNode.Parse("""{"name":"day","path":"birthDate","tag":[{"name":"ansi/type","value":"DATE"}]}"""));
        view["select"]![0]!["column"]!.AsArray().Add(JsonNode.Parse("""{"name":"days","path":"birthDate","collection":true,"tag":[{"name":"ansi/type","value":"DATE"}]}"""));
        await ReadyAsync("days", view);
        foreach (var day in new[] { "0001-01-01", "1999-12-31", "9999-12-31" })
        {
            var patient = Patient($"day-{day}", "Day");
            patient["birthDate"] = day;
            await fhir.StoreAsync(patient);
            await FamilyIsAsync("days", $"day-{day}", "Day");
            Assert.Equal($"{day} {day}", await server.ScalarAsync<string>($"select concat_ws(' ', day, days[1]) from views.days where id = 'day-{day}'"));
        }
    }

    private static JsonNode View(string id, string? name = null) => JsonNode.Parse($$"""
        {"resourceType":"ViewDefinition","id":"{{id}}","name":"{{name ?? id}}","status":"active","resource":"Patient",
         "select":[{"column":[{"name":"id","path":"getResourceKey()"},{"name":"family","path":"name.first().family"}]}]}
        """)!;

    private static JsonNode Patient(string id, string family) => JsonNode.Parse($$"""{"resourceType":"Patient","id":"{{id}}","name":[{"family":"{{family}}"}]}""")!;

    private async Task ReadyAsync(string id, JsonNode view)
    {
        await fhir.StoreAsync(view);
        await Eventually.TrueAsync(async () => await StateAsync(id) is "ready" or "failed", state: () => id);
        Assert.Equal("ready", await StateAsync(id));
    }

    private async Task<string?> StateAsync(string id) =>
        (string?)(await fhir.GetAsync($"ViewDefinition/{id}/$materialization")).Json["parameter"]!.AsArray().Single(p => (string?)p!["name"] == "state")!["valueCode"];

    private Task FamilyIsAsync(string view, string id, string? family) => Eventually.TrueAsync(async () => await FamilyAsync(view, id) == family, state: () => $"{id} is not {family}");

    private async Task<string?> FamilyAsync(string view, string id)
    {
        await using var command = server.Source.CreateCommand($"select family from views.\"{view}\" where id = $1");
        command.Parameters.Add(new Npgsql.NpgsqlParameter<string> { TypedValue = id });
        return await command.ExecuteScalarAsync() as string;
    }

    private Task<long> TablesAsync() =>
        server.ScalarAsync<long>("select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'views' and c.relkind in ('r', 'v') and (c.relname = 'altered' or exists (select from records.view v where v.id = 'altered' and c.relname like '\\_' || v.number || '\\_%'))");
}
