using Npgsql;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Views;
using Salus.Kernel;
using Salus.Records.Sealing;
using Salus.Records.Storage;

namespace Salus.Records.Views;

/// <summary>
/// Keeps the tables of views up to date: the rows of a changed resource are taken out and made anew, in the transaction that saves the feed's position. A view that
/// does not fit a resource fails by itself and holds up no other.
/// </summary>
internal sealed class ViewFeed(ViewStore store, Catalog catalog, FhirDefinitions definitions) : IFeedConsumer
{
    public const string ConsumerName = "records.views";

    public string Name => ConsumerName;

    // Most of the log is of no view's type; bodies are read for those that are.
    public bool NeedsBody => false;

    public bool OwnsTables => true;

    public async Task HandleAsync(IReadOnlyList<FeedEvent> events, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        var views = await ViewStore.LockAsync(connection, "state in ('building', 'following', 'ready')", [], ct);
        if (views.Count == 0)
        {
            return;
        }

        var compiled = views.Select(v => (Stored: v, View: store.Compiled(v))).ToList();
        var changes = await ChangesAsync(events, compiled.Where(c => c.View is not null).Select(c => (c.Stored.Tenant, c.View!.ResourceType.Name)).ToHashSet(), connection, ct);
        foreach (var (stored, view) in compiled)
        {
            await transaction.SaveAsync("view", ct);
            try
            {
                await ApplyAsync(stored, view, changes, events[^1].Position, connection, ct);
            }
            catch (Exception e) when (Failures.IsOfTheWork(e))
            {
                await transaction.RollbackAsync("view", ct);
                await ViewStore.FailAsync(connection, stored, e.Message, ct);
            }

            await transaction.ReleaseAsync("view", ct);
        }
    }

    private static async Task ApplyAsync(StoredView stored, View? view, IReadOnlyList<Change> changes, long position, NpgsqlConnection connection, CancellationToken ct)
    {
        if (view is null)
        {
            throw new ViewMismatchException("This version of Salus does not understand the definition. Store it again.");
        }

        // What the fill has not reached yet comes with it, as it is then.
        var own = changes.Where(c => c.Tenant == stored.Tenant && c.Type == view.ResourceType.Name && c.Key <= stored.Filled).ToList();
        if (own.Count > 0)
        {
            var table = new ViewTable(stored, view);
#pragma warning disable CA2100 // See ViewTable.
            await using (var delete = new NpgsqlCommand(table.DeleteSql, connection))
#pragma warning restore CA2100
            {
                delete.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. own.Select(c => c.Key)] });
                await delete.ExecuteNonQueryAsync(ct);
            }

            await ResourceRows.InsertAsync(table, view, own.Where(c => c.Document is not null).Select(c => (c.Key, c.Document!)), connection, ct);
        }

        if (stored.State == ViewState.Following && stored.Target <= position)
        {
            await ViewStore.PublishAsync(connection, stored, view, ct);
        }
    }

    // Of several versions in one batch the last one counts.
    private async Task<IReadOnlyList<Change>> ChangesAsync(IReadOnlyList<FeedEvent> events, HashSet<(Tenant, string)> wanted, NpgsqlConnection connection, CancellationToken ct)
    {
        var last = events.Where(e => wanted.Contains((e.Tenant, e.ResourceType))).GroupBy(e => (e.Tenant, e.ResourceType, e.Id)).Select(g => g.Last()).ToDictionary(e => e.Position);
        if (last.Count == 0)
        {
            return [];
        }

        await using var command = new NpgsqlCommand("select position, key, body from records.log where position = any($1)", connection);
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. last.Keys] });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var changes = new List<Change>();
        while (await reader.ReadAsync(ct))
        {
            var change = last[reader.GetInt64(0)];
            var document = await reader.IsDBNullAsync(2, ct) ? null : ResourceRows.Read(reader.VeiledBody(2, catalog, change.Tenant, change.ResourceType, change.Id), definitions);
            changes.Add(new Change(change.Tenant, change.ResourceType, reader.GetInt64(1), document));
        }

        return changes;
    }

    /// <summary>A resource that changed; no document when it was deleted.</summary>
    private sealed record Change(Tenant Tenant, string Type, long Key, ResourceDocument? Document);
}
