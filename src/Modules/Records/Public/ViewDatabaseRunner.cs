using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Salus.Fhir.Definitions;
using Salus.Fhir.Views;
using Salus.Kernel;
using Salus.Records.Feed;
using Salus.Records.Views;

namespace Salus.Records;

/// <summary>
/// Answers official tests of SQL on FHIR v2 by the tables that Salus keeps of views. Each test runs twice: the change feed brings the resources into the table, then the table is
/// built anew over the resources that are there. For an empty record that nobody else uses and that takes resources unchecked; it is empty again afterwards.
/// </summary>
public sealed class ViewDatabaseRunner
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private readonly Database database;
    private readonly ViewInteractions views;
    private readonly ViewStore store;
    private readonly Record record;
    private readonly ChangeFeed feed;
    private readonly TimeProvider time;

    /// <param name="services">Of a host with the record, started.</param>
    public ViewDatabaseRunner(IServiceProvider services)
    {
        database = services.GetRequiredService<Database>();
        views = services.GetRequiredService<ViewInteractions>();
        store = services.GetRequiredService<ViewStore>();
        record = services.GetRequiredService<Record>();
        feed = services.GetRequiredService<ChangeFeed>();
        time = services.GetRequiredService<TimeProvider>();
    }

    /// <summary>The answers to the tests of a file, in their order: by the feed, and by the fill.</summary>
    /// <exception cref="TimeoutException">A table is not built, or the feed does not come through, within a minute.</exception>
    public async Task<IReadOnlyList<(ViewAnswer ByFeed, ViewAnswer ByFill)>> RunAsync(ViewSuite suite, CancellationToken ct)
    {
        var refused = new string?[suite.Tests.Count];
        for (var i = 0; i < refused.Length; i++)
        {
            refused[i] = await PutAsync(suite.Tests[i], i, "feed", ct);
        }

        await SettledAsync(ct);
        var ids = await StoreAsync(suite.Resources, ct);
        await ThroughAsync(ct);
        var byFeed = await AnswersAsync(suite, refused, ct);
        for (var i = 0; i < refused.Length; i++)
        {
            await PutAsync(suite.Tests[i], i, "fill", ct);
        }

        await SettledAsync(ct);
        var byFill = await AnswersAsync(suite, refused, ct);
        for (var i = 0; i < refused.Length; i++)
        {
            await store.DeleteAsync(Tenant.Default, Id(i), ct);
        }

        await PostAsync(ids.Select(id => new JsonObject { ["request"] = new JsonObject { ["method"] = "DELETE", ["url"] = id } }), ct);
        return [.. byFeed.Zip(byFill)];
    }

    private static string Id(int test) => $"test-{test}";

    /// <summary>Null when the view was taken, else why not.</summary>
    private async Task<string?> PutAsync(ViewTest test, int number, string title, CancellationToken ct)
    {
        var view = JsonNode.Parse(test.View.GetRawText())!.AsObject();
        view["resourceType"] = "ViewDefinition";
        view["id"] = Id(number);
        view["name"] = $"test_{number}";
        view["title"] = title;
        view["status"] = "active";
        var outcome = await views.UpdateAsync(Caller.System, Id(number), Encoding.UTF8.GetBytes(view.ToJsonString()), ct);
        return outcome.Failed(out var failure) ? failure.ToString() : outcome.Value.Status < 300 ? null : Encoding.UTF8.GetString(outcome.Value.Body.Span);
    }

    private async Task<List<string>> StoreAsync(IReadOnlyList<string> resources, CancellationToken ct)
    {
        var entries = resources.Select(r =>
        {
            var resource = JsonNode.Parse(r)!.AsObject();
            var (type, id) = ((string)resource["resourceType"]!, (string?)resource["id"]);
            var request = id is null ? new JsonObject { ["method"] = "POST", ["url"] = type } : new JsonObject { ["method"] = "PUT", ["url"] = $"{type}/{id}" };
            return new JsonObject { ["resource"] = resource, ["request"] = request };
        });
        using var answer = JsonDocument.Parse(await PostAsync(entries, ct));
        var ids = new List<string>();
        foreach (var entry in answer.RootElement.GetProperty("entry").EnumerateArray())
        {
            var response = entry.GetProperty("response");
            ids.Add(response.TryGetProperty("location", out var location)
                ? location.GetString()!.Split("/_history/")[0].TrimStart('/')
                : throw new InvalidDataException($"A resource of the tests is refused: {entry.GetRawText()}"));
        }

        return ids;
    }

    private async Task<ReadOnlyMemory<byte>> PostAsync(IEnumerable<JsonObject> entries, CancellationToken ct)
    {
        var bundle = new JsonObject { ["resourceType"] = "Bundle", ["type"] = "batch", ["entry"] = new JsonArray([.. entries]) };
        var outcome = await record.PostBundleAsync(Caller.System, Encoding.UTF8.GetBytes(bundle.ToJsonString()), ct);
        return outcome.Failed(out var failure) ? throw new InvalidDataException($"The resources of the tests are refused: {failure}") : outcome.Value;
    }

    private async Task<List<ViewAnswer>> AnswersAsync(ViewSuite suite, string?[] refused, CancellationToken ct)
    {
        var answers = new List<ViewAnswer>();
        for (var i = 0; i < suite.Tests.Count; i++)
        {
            answers.Add(refused[i] is { } reason ? ViewAnswer.Refused(reason) : await AnswerAsync(i, ct));
        }

        return answers;
    }

    private async Task<ViewAnswer> AnswerAsync(int test, CancellationToken ct)
    {
        var stored = (await store.FindAsync(Tenant.Default, Id(test), ct))!;
        if (stored.State != ViewState.Ready)
        {
            return ViewAnswer.Refused(stored.Error ?? stored.State.ToString());
        }

#pragma warning disable CA2100 // A name that was made here.
        await using var command = database.Source.CreateCommand($"select to_json(t)::text from {ViewTable.Published(stored.Name!)} t");
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<JsonElement>();
        while (await reader.ReadAsync(ct))
        {
            rows.Add(JsonSerializer.Deserialize<JsonElement>(reader.GetString(0)));
        }

        // Columns stand in the rows in the order of the table; without rows nothing asks for them.
        return new ViewAnswer(null, rows.Count == 0 ? [] : [.. rows[0].EnumerateObject().Select(p => p.Name)], rows);
    }

    private Task SettledAsync(CancellationToken ct) => WaitAsync(
        async () => (await store.ListAsync(Tenant.Default, null, null, ct)).All(v => v.State is ViewState.Ready or ViewState.Failed or ViewState.Inactive), "the tables are not built", ct);

    private Task ThroughAsync(CancellationToken ct) => WaitAsync(
        async () => (await feed.PositionsAsync(ct)).Any(p => p.Key == ViewFeed.ConsumerName) && (await feed.PositionsAsync(ct)).Single(p => p.Key == ViewFeed.ConsumerName).Value >= await feed.HeadAsync(ct),
        "the feed does not come through", ct);

    private async Task WaitAsync(Func<Task<bool>> done, string what, CancellationToken ct)
    {
        var started = time.GetTimestamp();
        while (!await done())
        {
            if (time.GetElapsedTime(started) > Patience)
            {
                throw new TimeoutException($"After {Patience.TotalSeconds:N0} s {what}.");
            }

            await Task.Delay(Pause, time, ct);
        }
    }
}
