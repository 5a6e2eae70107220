using Npgsql;
using Salus.Kernel;

namespace Salus.Monitoring.Monitors.Facts;

/// <summary>Keeps the table of facts by the record's changes. Laboratory values of long ago are not kept: no score uses them.</summary>
internal sealed class FactFeed(FactBook book, TimeProvider time) : IFeedConsumer
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(3);

    public string Name => "monitoring.facts";

    public async Task HandleAsync(IReadOnlyList<FeedEvent> events, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        // Of several versions the last one counts.
        var changes = events.Where(e => FactReader.Reads(e.ResourceType)).GroupBy(e => (e.Tenant, e.ResourceType, e.Id)).Select(g => g.Last()).ToList();
        if (changes.Count == 0)
        {
            return;
        }

        var oldest = time.GetUtcNow() - Kept;
        var facts = changes.Select(FactReader.Read).OfType<Fact>().Where(f => f.Kind < FactKind.Lab || f.At > oldest).ToList();
        await FactTable.WriteAsync([.. changes.Select(e => (e.Tenant, $"{e.ResourceType}/{e.Id}"))], facts, connection, transaction, ct);
        await using var prune = new NpgsqlCommand("delete from monitoring.fact where kind >= 100 and at < $1 or kind = 0 and changed_at < $1", connection, transaction);
        prune.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = oldest.UtcDateTime });
        await prune.ExecuteNonQueryAsync(ct);
    }

    public void Committed() => book.Signal();
}
