using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Salus.Fhir.Search;
using Salus.Records.Storage;
using Salus.Records.Tests.Check;
using Salus.Records.Tests.Support;
using Salus.TestSupport;

namespace Salus.Records.Tests.SearchParameters;

/// <summary>Indexing stored resources again: while others write, across an end in the middle, and after an upgrade.</summary>
public sealed class ReindexTests(RecordServer server) : IClassFixture<RecordServer>
{
    private static JsonObject Parameter(string code, string on, string type, string expression)
    {
        var parameter = Samples.Resource($$"""{"resourceType":"SearchParameter","id":"{{code}}","url":"http://example.org/{{code}}","name":"X","status":"active","description":"x","code":"{{code}}","base":["{{on}}"],"type":"{{type}}"}""");
        parameter["expression"] = expression;
        return parameter;
    }

    [Fact]
    public async Task Sixteen_who_write_meanwhile_lose_nothing_and_are_found()
    {
        await FillAsync("Patient", Samples.Patient, 600);
        var stop = false;
        var writers = Enumerable.Range(0, 16).Select(seed => Task.Run(async () =>
        {
            for (var round = 0; !Volatile.Read(ref stop); round++)
            {
                await new Workload(server.Fhir, $"w{seed}", (seed * 100) + round).RunAsync(5);
                // The resources that the reindex is at, too.
                await server.Fhir.StoreAsync(Samples.Patient($"Patient-{((seed * 37) + (round * 101)) % 600}", family: $"Changed{round}"));
            }
        })).ToList();
        try
        {
            foreach (var (code, type, expression) in new[] { ("given-token", "token", "Patient.name.given"), ("family-too", "string", "Patient.name.family") })
            {
                // The second one shares its texts with a published parameter.
                await server.Fhir.StoreAsync(Parameter(code, "Patient", type, expression));
            }

            await CompleteAsync("Patient?given-token=Ada&_summary=count");
            await CompleteAsync("Patient?family-too=mei&_summary=count");
        }
        finally
        {
            Volatile.Write(ref stop, true);
        }

        await Task.WhenAll(writers);
        await CheckAsync();
        Assert.Equal((await server.Fhir.IdsAsync("Patient?family=changed&_count=500")).Order(), (await server.Fhir.IdsAsync("Patient?family-too=changed&_count=500")).Order());
        Assert.Equal((await server.Fhir.IdsAsync("Patient?given:exact=Ada&_count=500")).Order(), (await server.Fhir.IdsAsync("Patient?given-token=Ada&_count=500")).Order());
    }

    [Fact]
    public async Task It_goes_on_where_it_was_and_answers_nothing_before_the_end()
    {
        const int Resources = 500;
        await using var database = await TestDatabase.CreateAsync(new Kernel.MigrationSet("records", typeof(RecordsModule).Assembly));
        await using (var app = await RecordServer.StartAsync(database.ConnectionString, []))
        {
            using var fhir = new FhirClient(new Uri(app.Urls.First()));
            await FillAsync(fhir, "Basic", id => Samples.Resource($$"""{"resourceType":"Basic","id":"{{id}}","code":{"coding":[{"code":"x"}]},"author":{"display":"somebody"} }"""), Resources);
            // Somebody holds the row in the middle: the batches behind it have to wait.
            await using var holder = await database.Source.OpenConnectionAsync();
            await using var held = await holder.BeginTransactionAsync();
            await ExecuteAsync(holder, "select 1 from records.current where id = 'Basic-300' for update");
            await fhir.StoreAsync(Parameter("coded", "Basic", "token", "Basic.code"));
            await Eventually.TrueAsync(async () => await DoneAsync(database.Source) == 300);

            // The process says so when it has heard of its commit.
            await Eventually.TrueAsync(async () => (await fhir.GetAsync("Basic?coded=x")) is { Status: 503 } refused && refused.Problems.Contains("300 of 500", StringComparison.Ordinal));
            (await fhir.GetAsync("Basic?_sort=coded")).Refused(503, "coded");
            (await fhir.GetAsync("Basic?coded:missing=true")).Refused(503, "coded");
            Assert.Equal(503, (await fhir.GetAsync("Patient?_has:Basic:patient:coded=x")).Status);
            var status = (await fhir.GetAsync(new Uri(new Uri(app.Urls.First()), "/admin/search/reindex").ToString())).Json;
            Assert.Equal("running", (string?)status["state"]);
            Assert.Equal((300, 500), ((int)status["types"]![0]!["done"]!, (int)status["types"]![0]!["total"]!));
            Assert.Contains("coded", status["incomplete"]![0]!["parameters"]!.AsArray().Select(p => (string?)p));
            Assert.DoesNotContain("\"coded\"", (await fhir.GetAsync("metadata")).Json.ToJsonString(), StringComparison.Ordinal);
            // What was complete before goes on answering.
            Assert.Equal(Resources, (int)(await fhir.SearchAsync("Basic?code=x&_summary=count")).Json["total"]!);
            await CheckAsync(app);
        }

        await using (var app = await RecordServer.StartAsync(database.ConnectionString, []))
        {
            using var fhir = new FhirClient(new Uri(app.Urls.First()));
            await Eventually.TrueAsync(async () => (await fhir.GetAsync("Basic?coded=x&_summary=count")).Status == 200);
            Assert.Equal(Resources, (int)(await fhir.SearchAsync("Basic?coded=x&_summary=count")).Json["total"]!);
            // Nothing was done twice.
            Assert.Equal(Resources, await DoneAsync(database.Source));
            await CheckAsync(app);
        }
    }

    [Fact]
    public async Task All_includes_follow_a_parameter_only_when_it_is_complete()
    {
        await using var database = await TestDatabase.CreateAsync(new Kernel.MigrationSet("records", typeof(RecordsModule).Assembly));
        await using var app = await RecordServer.StartAsync(database.ConnectionString, []);
        using var fhir = new FhirClient(new Uri(app.Urls.First()));
        await fhir.StoreAsync(Samples.Patient("about"));
        const string Extended = """{"resourceType":"Basic","id":"ID","code":{"coding":[{"code":"x"}]},"extension":[{"url":"http://example.org/about","valueReference":{"reference":"Patient/about"} }]}""";
        await fhir.StoreAsync(Samples.Resource(Extended.Replace("ID", "old", StringComparison.Ordinal)));
        await using (var holder = await database.Source.OpenConnectionAsync())
        {
            await using var held = await holder.BeginTransactionAsync();
            await ExecuteAsync(holder, "select 1 from records.current where id = 'old' for update");
            await fhir.StoreAsync(Parameter("about", "Basic", "reference", "Basic.extension('http://example.org/about').value.ofType(Reference)"));
            await fhir.StoreAsync(Samples.Resource(Extended.Replace("ID", "new", StringComparison.Ordinal)));
            (await fhir.GetAsync("Basic?_include=Basic:about")).Refused(503, "_include");
            Assert.Empty((await fhir.SearchAsync("Basic?_id=new&_include=*")).Ids("include"));
            Assert.Empty((await fhir.SearchAsync("Basic?_id=new&_include=Basic:*")).Ids("include"));
        }

        await Eventually.TrueAsync(async () => (await fhir.GetAsync("Basic?_include=Basic:about")).Status == 200);
        Assert.Equal(["about"], (await fhir.SearchAsync("Basic?_id=new,old&_include=*")).Ids("include"));
    }

    [Fact]
    public async Task After_an_upgrade_new_contents_are_indexed_before_they_answer()
    {
        await using var database = await TestDatabase.CreateAsync(new Kernel.MigrationSet("records", typeof(RecordsModule).Assembly));
        await using (var app = await RecordServer.StartAsync(database.ConnectionString, []))
        {
            using var fhir = new FhirClient(new Uri(app.Urls.First()));
            await fhir.StoreAsync(Samples.Resource("""{"resourceType":"Location","id":"l","name":"Here","position":{"latitude":1,"longitude":2},"managingOrganization":{"identifier":{"value":"o"}}}"""));
            await fhir.StoreAsync(Samples.Resource("""{"resourceType":"Group","id":"g","type":"person","actual":true,"characteristic":[{"code":{"text":"Smokes","coding":[{"code":"a"}]},"valueBoolean":true,"exclude":false}]}"""));
        }

        // As a version without these contents leaves the record.
        await ExecuteAsync(
            database.Source,
            """
            delete from records.index_composite;
            delete from records.index_amount where code in ('lat', 'long');
            update records.current set exact = array_to_tsvector(array(select w from unnest(tsvector_to_array(exact)) w
                where split_part(w, ':', 1)::int not in (select id from records.parameter where code like '%:%')));
            delete from records.parameter where code like '%:%';
            update records.parameter set indexed = 1;
            """);
        await using (var app = await RecordServer.StartAsync(database.ConnectionString, []))
        {
            using var fhir = new FhirClient(new Uri(app.Urls.First()));
            Assert.Equal(["l"], await fhir.IdsAsync("Location?name=here"));
            foreach (var (query, id) in new[] { ("Location?near=1|2|1", "l"), ("Group?characteristic-value=a$true", "g"), ("Location?organization:identifier=o", "l"), ("Group?characteristic:text=smok", "g") })
            {
                await Eventually.TrueAsync(async () =>
                {
                    var answer = await fhir.GetAsync(query);
                    Assert.True(answer.Status is 503 or 200, answer.ToString());
                    return answer.Status == 200;
                }, 60);
                Assert.Equal([id], await fhir.IdsAsync(query));
            }

            await CheckAsync(app);
        }
    }

    [Fact]
    public async Task A_resource_that_cannot_be_indexed_stops_its_own_type_alone()
    {
        await using var database = await TestDatabase.CreateAsync(new Kernel.MigrationSet("records", typeof(RecordsModule).Assembly));
        await using var app = await RecordServer.StartAsync(database.ConnectionString, []);
        using var fhir = new FhirClient(new Uri(app.Urls.First()));
        await FillAsync(fhir, "Basic", id => Samples.Resource($$"""{"resourceType":"Basic","id":"{{id}}","code":{"coding":[{"code":"x"}]} }"""), 1);
        await FillAsync(fhir, "Patient", id => Samples.Patient(id), 3);
        await ExecuteAsync(database.Source, "create table kept as select position, body from records.log; update records.log set body = 'nothing'::bytea where id = 'Basic-0'");
        await fhir.StoreAsync(Parameter("coded", "Basic", "token", "Basic.code"));
        await Eventually.TrueAsync(async () => (await StatusAsync()) == "stopped");
        await fhir.StoreAsync(Parameter("given-token", "Patient", "token", "Patient.name.given"));
        await Eventually.TrueAsync(async () => (await fhir.GetAsync("Patient?given-token=Ada")).Status == 200, 60);
        Assert.Equal(3, (await fhir.IdsAsync("Patient?given-token=Ada")).Count);
        (await fhir.GetAsync("Basic?coded=x")).Refused(503, "coded");
        Assert.Equal("stopped", await StatusAsync());

        await ExecuteAsync(database.Source, "update records.log l set body = k.body from kept k where k.position = l.position and l.id = 'Basic-0'");
        await Eventually.TrueAsync(async () => (await fhir.GetAsync("Basic?coded=x")).Status == 200, 60);

        async Task<string?> StatusAsync() => (string?)(await fhir.GetAsync(new Uri(new Uri(app.Urls.First()), "/admin/search/reindex").ToString())).Json["state"];
    }

    [Fact]
    public async Task What_was_read_before_a_parameter_was_added_does_not_make_it_answer()
    {
        await using var database = await TestDatabase.CreateAsync(new Kernel.MigrationSet("records", typeof(RecordsModule).Assembly));
        await using var app = await RecordServer.StartAsync(database.ConnectionString, []);
        using var fhir = new FhirClient(new Uri(app.Urls.First()));
        await fhir.StoreAsync(Samples.Patient("p"));
        await using var holder = await database.Source.OpenConnectionAsync();
        await using var held = await holder.BeginTransactionAsync();
        await ExecuteAsync(holder, "select 1 from records.current where id = 'p' for update");
        await using var early = await database.Source.OpenConnectionAsync();
        await using var snapshot = await early.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
        await ExecuteAsync(early, "select 1 from records.parameter");

        await fhir.StoreAsync(Parameter("given-token", "Patient", "token", "Patient.name.given"));
        var state = app.Services.GetRequiredService<IndexState>();
        var parameter = app.Services.GetRequiredService<SearchParameterSet>().Current.Find("Patient", "given-token")!;
        await state.ReadAsync(early, CancellationToken.None);
        Assert.False(state.IsComplete(parameter));
        await held.RollbackAsync();
        await Eventually.TrueAsync(async () => (await fhir.GetAsync("Patient?given-token=Ada")).Status == 200, 60);
    }

    private Task FillAsync(string type, Func<string, JsonObject> make, int count) => FillAsync(server.Fhir, type, make, count);

    private Task FillAsync(string type, Func<string?, string, string, string, JsonObject> make, int count) => FillAsync(server.Fhir, type, id => make(id, "Meier", "Ada", "1980-05-17"), count);

    private static async Task FillAsync(FhirClient fhir, string type, Func<string, JsonObject> make, int count) =>
        Assert.Equal(200, (await fhir.BundleAsync(Samples.Bundle("transaction", [.. Enumerable.Range(0, count).Select(i => Samples.Entry("PUT", $"{type}/{type}-{i}", make($"{type}-{i}")))]))).Status);

    private static async Task<long> DoneAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand("select coalesce(max(done), 0) from records.reindex");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
#pragma warning disable CA2100 // Written in the tests.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var connection = await source.OpenConnectionAsync();
        await ExecuteAsync(connection, sql);
    }

    private Task CompleteAsync(string query) => Eventually.TrueAsync(async () =>
    {
        var answer = await server.Fhir.GetAsync(query);
        Assert.True(answer.Status is 200 or 503, $"{query}: {answer}");
        return answer.Status == 200;
    }, 150);

    private Task CheckAsync() => CheckAsync(server.Get<RecordCheck>());

    private static Task CheckAsync(WebApplication app) => CheckAsync(app.Services.GetRequiredService<RecordCheck>());

    private static async Task CheckAsync(RecordCheck check)
    {
        var report = await check.RunAsync(new CheckOrder { MaxDifferences = 10 }, new CheckProgress(), CancellationToken.None);
        Assert.Empty(report.Differences.Select(d => d.ToString()));
    }
}
