using Npgsql;
using Salus.Kernel;

namespace Salus.Access.Accounts.Links;

/// <summary>Links that open an account once: an invitation for 72 hours, a reset for one. Only the hash of the secret is kept; a new link makes the older ones of the account void.</summary>
internal sealed class OneTimeLinks(Database database, TimeProvider time)
{
    public const string Invitation = "invitation";
    public const string Reset = "reset";

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>The path of a new link, on the pages of Salus. Show it once; it is not kept.</summary>
    public async Task<string> MakeAsync(Guid account, string kind, CancellationToken ct)
    {
        var secret = Secret.New();
        var now = Now;
        await using var batch = database.Source.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("delete from access.one_time where account = $1 or expires_at <= $2") { Parameters = { new() { Value = account }, new() { Value = now } } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("insert into access.one_time (hash, account, kind, created_at, expires_at) values ($1, $2, $3, $4, $5)")
        {
            Parameters =
            {
                new() { Value = Secret.Hash(secret) }, new() { Value = account }, new() { Value = kind }, new() { Value = now },
                new() { Value = now.AddHours(kind == Invitation ? 72 : 1) },
            },
        });
        await batch.ExecuteNonQueryAsync(ct);
        return $"/one-time/{secret}";
    }

    /// <summary>The account and the kind of a link that still holds; null otherwise.</summary>
    public async Task<(Guid Account, string Kind)?> FindAsync(string secret, CancellationToken ct)
    {
        var rows = await database.Source.ListAsync(
            "select account, kind from access.one_time where hash = $1 and expires_at > $2", r => (r.Get<Guid>("account"), r.Get<string>("kind")!), ct, Secret.Hash(secret), Now);
        return rows.Count == 1 ? rows[0] : null;
    }

    /// <summary>Uses a link up; false when another request was faster, or it is void.</summary>
    public async Task<bool> UseAsync(string secret, CancellationToken ct) =>
        await database.Source.RunAsync("delete from access.one_time where hash = $1 and expires_at > $2", ct, Secret.Hash(secret), Now) == 1;
}
