using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Salus.Kernel;
using Salus.Records.Feed;
using Salus.Records.Storage;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Feed;

public sealed class FeedTests(RecordServer server) : IClassFixture<RecordServer>
{
    private readonly FhirClient fhir = server.Fhir;

    [Fact]
    public async Task The_log_is_dense_and_ordered_under_eight_writers()
    {
        var before = await server.HeadAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(WriteAsync));

        var events = await ReadAllAsync(before, batch: 37);
        Assert.Equal(Enumerable.Range(1, events.Count).Select(i => before + i), events.Select(e => e.Position));
        Assert.Equal(await server.HeadAsync(), events[^1].Position);
        foreach (var resource in events.GroupBy(e => (e.ResourceType, e.Id)))
        {
            Assert.Equal(Enumerable.Range(resource.First().Version, resource.Count()), resource.Select(e => e.Version));
        }

        Assert.All(events.Zip(events.Skip(1)), pair => Assert.True(pair.First.At <= pair.Second.At));
        Assert.All(events, e => Assert.Equal(e.Operation == FeedOperation.Delete, e.Body.IsEmpty));
        Assert.Contains(events, e => e.Operation == FeedOperation.Delete);
    }

    [Fact]
    public async Task Bodies_are_read_of_the_types_that_are_asked_for()
    {
        var before = await server.HeadAsync();
        await fhir.StoreAsync(Samples.Patient("bodied"));
        await fhir.StoreAsync(Samples.Observation("bodiless", "Patient/bodied"));
        await using var connection = await server.Source.OpenConnectionAsync();
        var patients = await server.Get<ChangeFeed>().ReadAsync(before, 100, ["Patient"], connection, CancellationToken.None);
        Assert.Equal([("bodied", false), ("bodiless", true)], patients.Where(e => e.Id is "bodied" or "bodiless").Select(e => (e.Id, e.Body.IsEmpty)));
        Assert.All(await server.Get<ChangeFeed>().ReadAsync(before, 100, [], connection, CancellationToken.None), e => Assert.True(e.Body.IsEmpty));
    }

    [Fact]
    public async Task A_reader_that_follows_while_eight_write_misses_nothing()
    {
        var before = await server.HeadAsync();
        using var stop = new CancellationTokenSource();
        var reader = FollowAsync(before, stop.Token);
        await Task.WhenAll(Enumerable.Range(10, 8).Select(WriteAsync));
        await stop.CancelAsync();

        var seen = await reader;
        seen.AddRange((await ReadAllAsync(seen.Count == 0 ? before : seen[^1], 500)).Select(e => e.Position));
        Assert.Equal(Enumerable.Range(1, seen.Count).Select(i => before + i), seen);
        Assert.Equal(await server.HeadAsync(), seen[^1]);
    }

    [Fact]
    public async Task The_counted_types_equal_what_is_stored()
    {
        await Task.WhenAll(Enumerable.Range(20, 4).Select(WriteAsync));
        await fhir.StoreAsync(Samples.Patient("revived"));
        await fhir.DeleteAsync("Patient/revived");
        await fhir.DeleteAsync("Patient/revived");
        await fhir.StoreAsync(Samples.Patient("revived"));
        await CaughtUpAsync();

        Assert.Equal(0, await server.ScalarAsync<long>(Differences));
        Assert.True(await server.ScalarAsync<long>("select count(*) from records.type_count where count > 0") > 0);
    }

    [Fact]
    public async Task Of_two_processes_one_does_the_work_and_nothing_is_counted_twice()
    {
        await using var second = await RecordServer.StartAsync(server.ConnectionString, []);
        using var other = new FhirClient(new Uri(second.Urls.First()));
        var before = await server.HeadAsync();
        await Task.WhenAll(Enumerable.Range(30, 8).Select(n => WriteAsync(n % 2 == 0 ? fhir : other, n)));
        await CaughtUpAsync();

        var events = await ReadAllAsync(before, batch: 100);
        Assert.Equal(Enumerable.Range(1, events.Count).Select(i => before + i), events.Select(e => e.Position));
        Assert.All(events.GroupBy(e => (e.ResourceType, e.Id)), r => Assert.Equal(Enumerable.Range(r.First().Version, r.Count()), r.Select(e => e.Version)));

        Assert.Equal(0, await server.ScalarAsync<long>(Differences));
    }

    [Theory]
    [InlineData(Crash.Before)]
    [InlineData(Crash.AfterEffects)]
    [InlineData(Crash.BrokenStatement)]
    public async Task A_consumer_that_fails_at_a_step_has_its_effects_once(Crash crash)
    {
        await WriteAsync(40 + (int)crash);
        var consumer = new FailingConsumer($"test.{crash}", crash, failures: 3);
        await using (var setup = server.Source.CreateCommand("create table if not exists public.effects (name text, position bigint); grant all on public.effects to public"))
        {
            await setup.ExecuteNonQueryAsync();
        }

        var runner = Runner(consumer);
        for (var failed = 0; failed < 3; failed++)
        {
            await Assert.ThrowsAnyAsync<Exception>(() => runner.StepAsync(consumer, CancellationToken.None));
        }

        while (await runner.StepAsync(consumer, CancellationToken.None) > 0)
        {
        }

        var head = await server.HeadAsync();
        Assert.Equal(head, await server.ScalarAsync<long>($"select count(*) from public.effects where name = '{consumer.Name}'"));
        Assert.Equal(head, await server.ScalarAsync<long>($"select count(distinct position) from public.effects where name = '{consumer.Name}'"));
        Assert.Equal(head, await server.ScalarAsync<long>($"select position from records.feed_consumer where name = '{consumer.Name}'"));
    }

    [Fact]
    public async Task A_session_killed_between_effects_and_commit_leaves_no_effect()
    {
        await WriteAsync(50);
        var consumer = new FailingConsumer("test.killed", Crash.SessionKilled, failures: 1);
        await using (var setup = server.Source.CreateCommand("create table if not exists public.effects (name text, position bigint); grant all on public.effects to public"))
        {
            await setup.ExecuteNonQueryAsync();
        }

        var runner = Runner(consumer);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => runner.StepAsync(consumer, CancellationToken.None));
        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from public.effects where name = 'test.killed'"));
        while (await runner.StepAsync(consumer, CancellationToken.None) > 0)
        {
        }

        Assert.Equal(await server.HeadAsync(), await server.ScalarAsync<long>("select count(*) from public.effects where name = 'test.killed'"));
    }

    [Fact]
    public async Task Two_runners_of_one_consumer_share_the_work_without_overlap()
    {
        await Task.WhenAll(Enumerable.Range(60, 4).Select(WriteAsync));
        await using (var setup = server.Source.CreateCommand("create table if not exists public.effects (name text, position bigint); grant all on public.effects to public"))
        {
            await setup.ExecuteNonQueryAsync();
        }

        var consumer = new FailingConsumer("test.shared", Crash.Before, failures: 0);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            var runner = Runner(consumer);
            for (var i = 0; i < 20; i++)
            {
                await runner.StepAsync(consumer, CancellationToken.None);
            }
        }));
        Assert.Equal(await server.HeadAsync(), await server.ScalarAsync<long>("select count(*) from public.effects where name = 'test.shared'"));
        Assert.Equal(await server.HeadAsync(), await server.ScalarAsync<long>("select count(distinct position) from public.effects where name = 'test.shared'"));
    }

    private const string Differences =
        """
        select count(*) from (select type, count(*) as n from records.current where not deleted group by type) c
        full join (select type, count as n from records.type_count where count <> 0) t using (type) where c.n is distinct from t.n
        """;

    private Task WriteAsync(int writer) => WriteAsync(fhir, writer);

    private static async Task WriteAsync(FhirClient fhir, int writer)
    {
        for (var i = 0; i < 15; i++)
        {
            await fhir.StoreAsync(Samples.Patient($"shared-{i % 3}", $"Writer{writer}"));
            await fhir.StoreAsync(Samples.Observation($"own-{writer}-{i}"));
            await fhir.PostAsync(Samples.Resource("""{"resourceType":"Basic","code":{"text":"x"}}"""));
            if (i % 4 == 0)
            {
                await fhir.DeleteAsync($"Patient/shared-{i % 3}");
            }
        }
    }

    private async Task<List<FeedEvent>> ReadAllAsync(long after, int batch)
    {
        await using var connection = await server.Source.OpenConnectionAsync();
        var events = new List<FeedEvent>();
        for (List<FeedEvent> next; (next = await server.Get<ChangeFeed>().ReadAsync(after, batch, types: null, connection, CancellationToken.None)).Count > 0; after = next[^1].Position)
        {
            events.AddRange(next);
        }

        return events;
    }

    private async Task<List<long>> FollowAsync(long after, CancellationToken stop)
    {
        await using var connection = await server.Source.OpenConnectionAsync(CancellationToken.None);
        var seen = new List<long>();
        while (!stop.IsCancellationRequested)
        {
            foreach (var one in await server.Get<ChangeFeed>().ReadAsync(after, 100, types: null, connection, CancellationToken.None))
            {
                seen.Add(one.Position);
                after = one.Position;
            }
        }

        return seen;
    }

    private async Task CaughtUpAsync()
    {
        for (var i = 0; i < 600; i++)
        {
            var positions = await server.Get<ChangeFeed>().PositionsAsync(CancellationToken.None);
            if (positions.Any(p => p.Key == "records.type-count") && positions.Single(p => p.Key == "records.type-count").Value == await server.HeadAsync())
            {
                return;
            }

            await Task.Delay(100);
        }

        Assert.Fail("The consumer did not reach the head within a minute.");
    }

    private FeedRunner Runner(IFeedConsumer consumer) =>
        new(server.Get<Database>(), server.Get<ChangeFeed>(), new CommitSignal(), [consumer], TimeProvider.System, NullLogger<FeedRunner>.Instance);
}

public enum Crash
{
    Before,
    AfterEffects,
    BrokenStatement,
    SessionKilled,
}

/// <summary>Writes one row per event, and fails the first times it is asked.</summary>
internal sealed class FailingConsumer(string name, Crash crash, int failures) : IFeedConsumer
{
    private int left = failures;

    public string Name => name;

    public async Task HandleAsync(IReadOnlyList<FeedEvent> events, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        var fail = left-- > 0;
        if (fail && crash == Crash.Before)
        {
            throw new InvalidOperationException("before");
        }

        await using var command = new NpgsqlCommand("insert into public.effects select $1, * from unnest($2)", connection, transaction);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. events.Select(e => e.Position)] });
        await command.ExecuteNonQueryAsync(ct);
        if (fail)
        {
            await FailAsync(connection, transaction, ct);
        }
    }

    private async Task FailAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        if (crash is Crash.BrokenStatement or Crash.SessionKilled)
        {
            var sql = crash == Crash.BrokenStatement ? "select 1 / 0" : "select pg_terminate_backend(pg_backend_pid())";
#pragma warning disable CA2100 // One of two constants.
            await using var broken = new NpgsqlCommand(sql, connection, transaction);
#pragma warning restore CA2100
            await broken.ExecuteNonQueryAsync(ct);
        }

        throw new InvalidOperationException("after");
    }
}
