using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Validation;
using Salus.Kernel;
using Salus.Records.Storage;
using Salus.Records.Tests.Support;
using Salus.Records.Views;
using Salus.TestSupport;

namespace Salus.Records.Tests.Views;

/// <summary>The initial fill, step by step: interrupted, while others write, and never half.</summary>
public sealed class ViewBuildTests(ManualBuildServer server) : IClassFixture<ManualBuildServer>
{
    private const int Patients = (2 * ViewBuilder.StepSize) + 100;
    private readonly FhirClient fhir = server.Fhir;

    [Fact]
    public async Task A_fill_that_is_cut_off_goes_on_where_it_was_and_what_changes_meanwhile_is_right()
    {
        await WriteAsync(0, Patients, "A");
        Assert.Equal(201, (await fhir.PutAsync(View("built"))).Status);
        Assert.True(await Builder().StepAsync(CancellationToken.None));
        await StatusAsync("built", "building", ViewBuilder.StepSize);
        await NotReadableAsync("built");

        // Behind the fill, and before it.
        await WriteAsync(0, 10, "B");
        await WriteAsync(Patients - 10, 10, "B");
        await fhir.DeleteAsync("Patient/p10");
        await fhir.DeleteAsync($"Patient/p{Patients - 11}");
        await CaughtUpAsync();

        // A step that is given up leaves nothing; then another process goes on.
        using (var broken = new CancellationTokenSource())
        {
            await broken.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Builder().StepAsync(broken.Token));
        }

        Assert.True(await Builder().StepAsync(CancellationToken.None));
        await StatusAsync("built", "building", 2 * ViewBuilder.StepSize);
        await NotReadableAsync("built");
        await WriteAsync(Patients, 5, "C");
        Assert.True(await Builder().StepAsync(CancellationToken.None));
        var builder = Builder();
        await Eventually.TrueAsync(async () =>
        {
            await builder.StepAsync(CancellationToken.None);
            return await StateAsync("built") == "ready";
        });

        Assert.False(await builder.StepAsync(CancellationToken.None));
        Assert.Equal(0, await server.ScalarAsync<long>(Differences));
        Assert.Equal(Patients + 5 - 2, await server.ScalarAsync<long>("select count(*) from views.built"));
        Assert.Equal(20, await server.ScalarAsync<long>("select count(*) from views.built where family = 'B'"));
    }

    [Fact]
    public async Task A_view_dropped_or_changed_while_it_is_filled_leaves_nothing_behind()
    {
        await WriteAsync(5000, ViewBuilder.StepSize + 1, "D");
        var view = View("dropped");
        await fhir.StoreAsync(view);
        Assert.True(await Builder().StepAsync(CancellationToken.None));
        view["title"] = "changed";
        await fhir.StoreAsync(view);
        await StatusAsync("dropped", "building", 0);
        Assert.True(await Builder().StepAsync(CancellationToken.None));
        Assert.Equal(204, (await fhir.DeleteAsync("ViewDefinition/dropped")).Status);
        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace left join records.view v on c.relname like '\\_' || v.number || '\\_%' where n.nspname = 'views' and c.relkind = 'r' and v.number is null"));
    }

    // Every current patient once, as it is now.
    private const string Differences =
        """
        select count(*) from (select c.id, convert_from(l.body, 'UTF8')::jsonb -> 'name' -> 0 ->> 'family' as family
                              from records.current c join records.log l on l.position = c.position join records.resource_type t on t.id = c.type where t.name = 'Patient' and not c.deleted) r
        full join views.built v on v.id = r.id and v.family = r.family where v.id is null or r.id is null
        """;

    private ViewBuilder Builder() => new(
        server.Get<Database>(), server.Get<ViewStore>(), server.Get<Catalog>(), server.Get<FhirDefinitions>(), new ViewSignal(), TimeProvider.System, NullLogger<ViewBuilder>.Instance);

    private static JsonNode View(string id) => JsonNode.Parse($$"""
        {"resourceType":"ViewDefinition","id":"{{id}}","name":"{{id}}","status":"active","resource":"Patient",
         "select":[{"column":[{"name":"id","path":"id"},{"name":"family","path":"name.family"}]}]}
        """)!;

    private async Task WriteAsync(int from, int count, string family)
    {
        var entries = Enumerable.Range(from, count).Select(i => $$$"""{"resource":{"resourceType":"Patient","id":"p{{{i}}}","name":[{"family":"{{{family}}}"}]},"request":{"method":"PUT","url":"Patient/p{{{i}}}"}}""");
        var answer = await fhir.BundleAsync(JsonNode.Parse($$"""{"resourceType":"Bundle","type":"transaction","entry":[{{string.Join(',', entries)}}]}""")!);
        Assert.Equal(200, answer.Status);
    }

    private async Task StatusAsync(string id, string state, long done)
    {
        var answer = await fhir.GetAsync($"ViewDefinition/{id}/$materialization");
        Assert.Equal(200, (await fhir.GetAsync($"ViewDefinition/{id}/$materialization?_format=xml")).Status);
        Assert.True(ResourceReader.TryRead(answer.Body, server.Get<FhirDefinitions>(), out var document, out _));
        Assert.Empty(server.Get<ResourceValidator>().Validate(document.Root, new ValidationRequest()));
        var parameters = answer.Json["parameter"]!.AsArray();
        Assert.Equal((state, done), ((string?)parameters.Single(p => (string?)p!["name"] == "state")!["valueCode"], (long?)parameters.Single(p => (string?)p!["name"] == "done")!["valueDecimal"]));
    }

    private async Task<string?> StateAsync(string id) => await server.ScalarAsync<string>($"select state from records.view where id = '{id}'");

    private async Task NotReadableAsync(string name)
    {
        var found = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => server.ScalarAsync<long>($"select count(*) from views.\"{name}\""));
        Assert.Equal(Npgsql.PostgresErrorCodes.UndefinedTable, found.SqlState);
    }

    private async Task CaughtUpAsync()
    {
        var head = await server.HeadAsync();
        await Eventually.TrueAsync(async () => await server.ScalarAsync<long>($"select coalesce(max(position), 0) from records.feed_consumer where name = '{ViewFeed.ConsumerName}'") >= head);
    }
}

/// <summary>A record whose tables are filled only when a test says so.</summary>
public sealed class ManualBuildServer : RecordServer
{
    protected override void Configure(IServiceCollection services) =>
        services.Remove(services.Single(s => s.ServiceType == typeof(IHostedService) && s.ImplementationType == typeof(ViewBuilder)));
}
