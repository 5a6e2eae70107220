using Npgsql;
using Salus.Kernel;
using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Cluster;

/// <summary>A process that shares the partitions.</summary>
/// <param name="Listening">The partitions whose queues it listens to.</param>
internal sealed record ClusterNode(Guid Id, IReadOnlySet<int> Listening);

/// <summary>The processes that live, by the beats that each of them leaves in the database, by whose clock they are judged.</summary>
internal sealed class ClusterNodes(Database database, SampleOwner owner)
{
    // Five beats; who is late by more is not reckoned with. Two processes that think otherwise of a third cost a move, and nothing more: the broker says who has a partition.
    private const string Dead = "interval '5 seconds'";

    private const string Beat =
        $"""
        with mine as (
            insert into monitoring.node (id, name, subscribed) values ($1, $2, $3)
            on conflict (id) do update set beat_at = now(), subscribed = excluded.subscribed returning id, subscribed),
        gone as (delete from monitoring.node where beat_at < now() - interval '10 minutes')
        select id, subscribed from mine union all select id, subscribed from monitoring.node where id <> $1 and beat_at > now() - {Dead}
        """;

    /// <summary>Leaves a beat, and gives the queues to listen to.</summary>
    public async Task<IReadOnlySet<int>> BeatAsync(IReadOnlySet<int> listening, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand(Beat);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = owner.Id });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = SampleOwner.Name });
        command.Parameters.Add(new NpgsqlParameter<short[]> { TypedValue = [.. listening.Select(p => (short)p)] });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var nodes = new List<ClusterNode>();
        while (await reader.ReadAsync(ct))
        {
            nodes.Add(new ClusterNode(reader.GetGuid(0), reader.GetFieldValue<short[]>(1).Select(p => (int)p).ToHashSet()));
        }

        return Placing.Plan(owner.Id, nodes, owner.Holds);
    }

    /// <summary>Whether the database answers.</summary>
    public async Task ReachAsync(CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("select 1");
        await command.ExecuteScalarAsync(ct);
    }

    /// <summary>This process goes.</summary>
    public async Task LeaveAsync(CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("delete from monitoring.node where id = $1");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = owner.Id });
        await command.ExecuteNonQueryAsync(ct);
    }
}
