using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Views;
using Salus.Kernel;
using Salus.Records.Sealing;
using Salus.Records.Storage;

namespace Salus.Records.Views;

/// <summary>
/// Fills the tables of new views with the resources that are there already, some at a time and in the order of their keys. How far it came is committed with the rows, so
/// a process that was killed goes on there; of several processes one works at a view at a time. The view's row is locked meanwhile, which keeps <see cref="ViewFeed"/> out:
/// up to the key that was reached the feed applies what changes, beyond it the fill finds it.
/// </summary>
internal sealed class ViewBuilder(Database database, ViewStore store, Catalog catalog, FhirDefinitions definitions, ViewSignal signal, TimeProvider time, ILogger<ViewBuilder> log) : BackgroundService
{
    /// <summary>Small, because the tables of all views wait for one step of the fill.</summary>
    internal const int StepSize = 500;

    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SoonPoll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);

    /// <summary>True while a table waits for the feed.</summary>
    private bool waiting;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => new WorkLoop(time, (e, _) => RecordsLog.ViewBuildFailed(log, e), AfterFailure, AfterFailure).RunAsync(
        async ct =>
        {
            var next = signal.Next;
            while (await StepAsync(ct))
            {
            }

            await Task.WhenAny(next, Task.Delay(waiting ? SoonPoll : Poll, time, ct));
        },
        stoppingToken);

    /// <summary>Puts the next resources of one view into its table. False when there is nothing to do.</summary>
    internal async Task<bool> StepAsync(CancellationToken ct)
    {
        await using var connection = await database.Owner.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await ViewStore.ExecuteAsync(connection, "set local idle_in_transaction_session_timeout = '30s'", ct);
        if (await NextAsync(connection, ct) is not { } stored)
        {
            waiting = waiting && await WaitingAsync(connection, ct);
            return false;
        }

        await transaction.SaveAsync("step", ct);
        try
        {
            var view = store.Compiled(stored) ?? throw new ViewMismatchException("This version of Salus does not understand the definition. Store it again.");
            await (stored.State == ViewState.Following ? ViewStore.PublishAsync(connection, stored, view, ct) : FillAsync(stored, view, connection, ct));
        }
        catch (Exception e) when (Failures.IsOfTheWork(e))
        {
            await transaction.RollbackAsync("step", ct);
            await ViewStore.FailAsync(connection, stored, e.Message, ct);
        }

        await transaction.CommitAsync(ct);
        return true;
    }

    // A view that was stored while the feed was at its last events is not among those that it locked, and no event may come after them: so this looks too.
    private static async Task<StoredView?> NextAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select {StoredView.Columns} from records.view
            where state = 'building' or (state = 'following' and target <= (select position from records.feed_consumer where name = $1))
            order by number limit 1 for update
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = ViewFeed.ConsumerName });
        return (await StoredView.ReadAsync(command, ct)).SingleOrDefault();
    }

    private static async Task<bool> WaitingAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select exists (select from records.view where state = 'following')", connection);
        return await command.ExecuteScalarAsync(ct) is true;
    }

    private async Task FillAsync(StoredView stored, View view, NpgsqlConnection connection, CancellationToken ct)
    {
        var resources = await ReadAsync(stored, view, connection, ct);
        await ResourceRows.InsertAsync(new ViewTable(stored, view), view, resources, connection, ct);
        if (resources.Count == StepSize)
        {
            await ViewStore.SetAsync(connection, stored, $"filled = {resources[^1].Key}, done = done + {resources.Count}", ct);
            return;
        }

        await FinishAsync(stored, view, resources.Count, connection, ct);
    }

    // The resources may be newer than what the feed has come to; the table is complete when it has come as far.
    private async Task FinishAsync(StoredView stored, View view, int count, NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            update records.view set state = 'following', filled = $2, done = done + $3, target = (select position from records.head) where number = $1
            returning target <= coalesce((select position from records.feed_consumer where name = $4), 0)
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = stored.Number });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = long.MaxValue });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = count });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = ViewFeed.ConsumerName });
        if (await command.ExecuteScalarAsync(ct) is true)
        {
            await ViewStore.PublishAsync(connection, stored, view, ct);
        }
        else
        {
            waiting = true;
        }
    }

    private async Task<List<(long Key, ResourceDocument Document)>> ReadAsync(StoredView stored, View view, NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            select c.key, l.body, c.id from records.current c join records.log l on l.position = c.position
            where c.tenant = $1 and c.type = $2 and not c.deleted and c.key > $3 order by c.key limit $4
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = stored.Tenant.Number });
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = catalog.Number(view.ResourceType) });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = stored.Filled });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = StepSize });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var resources = new List<(long, ResourceDocument)>(StepSize);
        while (await reader.ReadAsync(ct))
        {
            resources.Add((reader.GetInt64(0), ResourceRows.Read(reader.VeiledBody(1, catalog, stored.Tenant, view.ResourceType.Name, reader.GetString(2)), definitions)));
        }

        return resources;
    }
}
