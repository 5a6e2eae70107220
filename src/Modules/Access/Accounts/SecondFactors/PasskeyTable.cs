using System.Text.Json;
using Microsoft.AspNetCore.Identity;
using Npgsql;
using Salus.Kernel;

namespace Salus.Access.Accounts.SecondFactors;

/// <summary>Passkeys (public keys only) and the challenges that are open for them.</summary>
internal sealed class PasskeyTable(Database database, TimeProvider time)
{
    private NpgsqlDataSource Source => database.Source;

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    private sealed record Info(byte[] PublicKey, uint SignCount, string[]? Transports, bool Verified, bool Eligible, bool BackedUp, byte[] Attestation, byte[] ClientData);

    internal sealed record Listed(byte[] Id, string Name, DateTime CreatedAt, DateTime? LastUsedAt);

    public Task SaveAsync(Guid account, UserPasskeyInfo passkey, CancellationToken ct)
    {
        var info = new Info(
            passkey.PublicKey, passkey.SignCount, passkey.Transports, passkey.IsUserVerified, passkey.IsBackupEligible, passkey.IsBackedUp, passkey.AttestationObject, passkey.ClientDataJson);
        return Source.RunAsync(
            """
            insert into access.passkey (id, account, name, info, created_at) values ($1, $2, $3, $4::jsonb, $5)
            on conflict (id) do update set info = excluded.info, last_used_at = $6 where access.passkey.account = excluded.account
            """,
            ct, passkey.CredentialId, account, passkey.Name ?? "Passkey", JsonSerializer.Serialize(info), passkey.CreatedAt.UtcDateTime, Now);
    }

    public Task<List<UserPasskeyInfo>> OfAsync(Guid account, CancellationToken ct) =>
        Source.ListAsync("select id, name, info::text as info, created_at from access.passkey where account = $1 order by created_at", Row, ct, account);

    public async Task<UserPasskeyInfo?> FindAsync(Guid account, byte[] id, CancellationToken ct) =>
        await Source.FirstAsync("select id, name, info::text as info, created_at from access.passkey where account = $1 and id = $2", Row, ct, account, id);

    public Task<Guid> OwnerAsync(byte[] id, CancellationToken ct) => Source.ScalarAsync<Guid>("select account from access.passkey where id = $1", ct, id);

    public Task<List<Listed>> ListAsync(Guid account, CancellationToken ct) => Source.ListAsync(
        "select id, name, created_at, last_used_at from access.passkey where account = $1 order by created_at",
        r => new Listed(r.Get<byte[]>("id")!, r.Get<string>("name")!, r.Get<DateTime>("created_at"), r.Get<DateTime?>("last_used_at")), ct, account);

    public async Task<bool> RemoveAsync(Guid account, byte[] id, CancellationToken ct) =>
        await Source.RunAsync("delete from access.passkey where account = $1 and id = $2", ct, account, id) == 1;

    public Task RemoveAllAsync(Guid account, CancellationToken ct) => Source.RunAsync("delete from access.passkey where account = $1", ct, account);

    /// <summary>Keeps the state of a ceremony for five minutes.</summary>
    /// <param name="key">Who may end it, and which one: see <see cref="Ceremonies"/>.</param>
    public Task ChallengeAsync(string key, string state, CancellationToken ct) => Source.RunAsync(
        """
        with old as (delete from access.challenge where expires_at <= $4)
        insert into access.challenge (key, state, expires_at) values ($1, $2, $3)
        """,
        ct, Secret.Hash(key), state, Now.AddMinutes(5), Now);

    /// <summary>The state, once.</summary>
    public Task<string?> TakeAsync(string key, CancellationToken ct) =>
        Source.ScalarAsync<string>("delete from access.challenge where key = $1 and expires_at > $2 returning state", ct, Secret.Hash(key), Now);

    private static UserPasskeyInfo Row(NpgsqlDataReader row)
    {
        var info = JsonSerializer.Deserialize<Info>(row.Get<string>("info")!)!;
        return new UserPasskeyInfo(
            row.Get<byte[]>("id")!, info.PublicKey, row.Get<DateTime>("created_at"), info.SignCount, info.Transports, info.Verified, info.Eligible, info.BackedUp, info.Attestation, info.ClientData)
        {
            Name = row.Get<string>("name"),
        };
    }
}
