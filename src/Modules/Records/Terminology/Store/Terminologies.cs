using System.Collections.Concurrent;
using Npgsql;
using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Terminology.Store;

/// <summary>
/// Gives each question the terminology of its tenant as it is now. The change feed tells when that has changed: after this process has committed a resource
/// of terminology the log is asked before the next question is answered, so it counts as soon as its write was acknowledged; else once a second, for others.
/// It reads the feed by itself, not as a consumer: each process has a memory of its own to keep true.
/// </summary>
internal sealed class Terminologies(Database database, Catalog catalog, CommitSignal signal, TerminologySources sources, TimeProvider time)
{
    private static readonly string[] Types = ["CodeSystem", "ValueSet", "ConceptMap"];
    private static readonly TimeSpan OtherProcesses = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<int, Known> known = new();

    public async ValueTask<TerminologyView> CurrentAsync(Tenant tenant, CancellationToken ct)
    {
        // Read before the log is: a commit in between is seen by the next question.
        var (committed, now) = (Types.Max(signal.LastOf), time.GetTimestamp());
        if (known.TryGetValue(tenant.Number, out var last) && last.Committed == committed && time.GetElapsedTime(last.At, now) < OtherProcesses)
        {
            return last.View;
        }

        var position = await LastChangeAsync(tenant, ct);
        var view = last is not null && last.View.Position == position ? last.View : new TerminologyView(sources, tenant, position);
        // Two who ask at once may each begin a view; both are true, and one is kept.
        known[tenant.Number] = new Known(view, committed, now);
        return view;
    }

    private async Task<long> LastChangeAsync(Tenant tenant, CancellationToken ct)
    {
        await using var command = database.For(tenant).Source.CreateCommand(
            """
            select coalesce(max(x.position), 0) from unnest($2) t (type)
            cross join lateral (select l.position from records.log l where l.tenant = $1 and l.type = t.type order by l.position desc limit 1) x
            """);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = tenant.Number });
        command.Parameters.Add(new NpgsqlParameter<short[]> { TypedValue = [.. Types.Select(catalog.Number)] });
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    private sealed record Known(TerminologyView View, long Committed, long At);
}
