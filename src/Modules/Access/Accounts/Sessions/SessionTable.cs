using Npgsql;
using Salus.Kernel;

namespace Salus.Access.Accounts.Sessions;

/// <summary>How far a sign-in has come.</summary>
internal static class SessionStage
{
    public const string Done = "done";
    public const string SecondFactor = "second-factor";
    public const string Enrol = "enrol";
}

/// <summary>A session: somebody's browser. The secret in its cookie is not part of it.</summary>
internal sealed record Session(Guid Id, Guid Account, string Stage, IReadOnlyList<string> Methods, string Stamp)
{
    public DateTime CreatedAt { get; init; }

    public DateTime FreshAt { get; init; }

    public DateTime LastSeenAt { get; init; }

    public DateTime EndsAt { get; init; }

    public string? Address { get; init; }

    public string? Agent { get; init; }
}

/// <summary>The table of sessions. Of the secret only its SHA-256 is kept: whoever reads the table cannot act as anybody.</summary>
internal sealed class SessionTable(Database database)
{
    private const string Columns = "id, account, stage, methods, stamp, created_at, fresh_at, last_seen_at, ends_at, address, agent";

    private NpgsqlDataSource Source => database.Source;

    public Task AddAsync(Session session, string secret, CancellationToken ct) => Source.RunAsync(
        $"insert into access.session ({Columns}, token_hash) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        ct, session.Id, session.Account, session.Stage, session.Methods.ToArray(), session.Stamp, session.CreatedAt, session.FreshAt, session.LastSeenAt, session.EndsAt,
        session.Address, session.Agent, Secret.Hash(secret));

    /// <summary>The session of a cookie that is not too old; null when there is none.</summary>
    public async Task<Session?> FindAsync(byte[] hash, DateTime now, DateTime seenAfter, CancellationToken ct) =>
        await Source.FirstAsync($"select {Columns} from access.session where token_hash = $1 and ends_at > $2 and last_seen_at > $3", Row, ct, hash, now, seenAfter);

    /// <summary>The sessions of an account that are complete and not too old, the newest first.</summary>
    public Task<List<Session>> OfAsync(Guid account, DateTime now, DateTime seenAfter, CancellationToken ct) => Source.ListAsync(
        $"select {Columns} from access.session where account = $1 and ends_at > $2 and last_seen_at > $3 and stage = 'done' order by last_seen_at desc", Row, ct, account, now, seenAfter);

    /// <summary>Notes a request, for the session and its account.</summary>
    public async Task SeenAsync(Session session, DateTime now, CancellationToken ct)
    {
        await using var batch = Source.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("update access.session set last_seen_at = greatest(last_seen_at, $1) where id = $2") { Parameters = { new() { Value = now }, new() { Value = session.Id } } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("update access.account set last_seen_at = greatest(last_seen_at, $1) where id = $2") { Parameters = { new() { Value = now }, new() { Value = session.Account } } });
        await batch.ExecuteNonQueryAsync(ct);
    }

    public Task FreshAsync(Guid id, DateTime now, CancellationToken ct) => Source.RunAsync("update access.session set fresh_at = $2 where id = $1", ct, id, now);

    /// <summary>The stamp of the account changed by what this session did: it stays.</summary>
    public Task StampAsync(Guid id, string stamp, CancellationToken ct) => Source.RunAsync("update access.session set stamp = $2 where id = $1", ct, id, stamp);

    /// <summary>Ends one session of an account; false when it is not there.</summary>
    public async Task<bool> EndAsync(Guid account, Guid id, CancellationToken ct) =>
        await Source.RunAsync("delete from access.session where account = $1 and id = $2", ct, account, id) == 1;

    /// <summary>Ends all sessions of an account except one; returns how many.</summary>
    public Task<int> EndAllAsync(Guid account, Guid? except, CancellationToken ct) =>
        Source.RunAsync("delete from access.session where account = $1 and id is distinct from $2::uuid", ct, account, except);

    /// <summary>Removes what is over.</summary>
    public Task<int> SweepAsync(DateTime now, DateTime seenAfter, CancellationToken ct) =>
        Source.RunAsync("delete from access.session where ends_at <= $1 or last_seen_at <= $2", ct, now, seenAfter);

    private static Session Row(NpgsqlDataReader row) => new(row.Get<Guid>("id"), row.Get<Guid>("account"), row.Get<string>("stage")!, row.Get<string[]>("methods")!, row.Get<string>("stamp")!)
    {
        CreatedAt = row.Get<DateTime>("created_at"),
        FreshAt = row.Get<DateTime>("fresh_at"),
        LastSeenAt = row.Get<DateTime>("last_seen_at"),
        EndsAt = row.Get<DateTime>("ends_at"),
        Address = row.Get<string>("address"),
        Agent = row.Get<string>("agent"),
    };
}
