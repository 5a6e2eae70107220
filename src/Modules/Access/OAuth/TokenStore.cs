using Microsoft.Extensions.Logging;
using Npgsql;
using Salus.Kernel;

namespace Salus.Access.OAuth;

/// <summary>
/// Families of tokens, codes and refresh tokens. Whatever may happen once is one statement with its condition: of many requests at once exactly one finds the row as it has to be.
/// </summary>
internal sealed class TokenStore(Database database, Revocations revocations, TimeProvider time, ILogger<TokenStore> log)
{
    private const string Family = "f.id, f.tenant, f.client, f.account, f.scopes, f.session, f.patient, f.ehr_launch, f.nonce, f.created_at, f.expires_at, f.stamp, f.signed_in_at";

    public Task AddAsync(TokenFamily family, CancellationToken ct) => database.Source.RunAsync(
        """
        insert into access.token_family (id, tenant, client, account, scopes, session, patient, ehr_launch, nonce, created_at, expires_at, stamp, signed_in_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        """,
        ct, [
            family.Id, family.Tenant.Number, family.Client, family.Account, family.Scopes.Texts.ToArray(), family.Session, family.Patient, family.EhrLaunch, family.Nonce, family.CreatedAt, family.ExpiresAt,
            family.Stamp, family.SignedInAt,
        ]);

    /// <summary>A code for a family, shown once.</summary>
    public async Task<string> AddCodeAsync(TokenFamily family, string redirectUri, string challenge, TimeSpan life, CancellationToken ct)
    {
        var code = Secret.New();
        await database.Source.RunAsync("insert into access.authorization_code (hash, family, redirect_uri, challenge, expires_at) values ($1, $2, $3, $4, $5)",
            ct, Secret.Hash(code), family.Id, redirectUri, challenge, time.GetUtcNow() + life);
        return code;
    }

    /// <summary>Takes a code; null when it is unknown, expired, another client's, or was taken before. The last revokes what was issued for it (OAuth 2.1, section 4.1.3).</summary>
    public async Task<(TokenFamily Family, string RedirectUri, string Challenge)?> TakeCodeAsync(string code, string client, CancellationToken ct)
    {
        var (hash, now) = (Secret.Hash(code), time.GetUtcNow());
        var taken = await database.Source.FirstAsync<(TokenFamily, string, string)?>(
            $"""
            update access.authorization_code c set used_at = $2 from access.token_family f
            where c.hash = $1 and c.used_at is null and c.expires_at > $2 and f.id = c.family and f.client = $3 and f.revoked_at is null
            returning {Family}, c.redirect_uri, c.challenge
            """, rows => (Read(rows), rows.GetString(13), rows.GetString(14)), ct, hash, now, client);
        if (taken is null)
        {
            await RevokeReplayedAsync("A code", "access.authorization_code", hash, now, ct);
        }

        return taken;
    }

    public async Task<string> AddRefreshAsync(TokenFamily family, CancellationToken ct)
    {
        var token = Secret.New();
        await database.Source.RunAsync("insert into access.refresh_token (hash, family, expires_at) values ($1, $2, $3)", ct, Secret.Hash(token), family.Id, family.ExpiresAt);
        return token;
    }

    /// <summary>The family of a refresh token that can still be taken, which changes nothing; null for none.</summary>
    public Task<TokenFamily?> PeekRefreshAsync(string token, string client, CancellationToken ct) => database.Source.FirstAsync(
        $"select {Family} from access.refresh_token t join access.token_family f on f.id = t.family where t.hash = $1 and t.used_at is null and t.expires_at > $2 and f.client = $3 and f.revoked_at is null",
        Read, ct, Secret.Hash(token), time.GetUtcNow(), client);

    /// <summary>
    /// Takes a refresh token and puts the next one in its place; null when it is unknown, expired, another client's, or was taken before. Somebody who brings one a second time, the thief or the app,
    /// ends it for both: the family is revoked (OAuth 2.1, section 4.3.1).
    /// </summary>
    public async Task<(TokenFamily Family, string Next)?> TakeRefreshAsync(string token, string client, CancellationToken ct)
    {
        var (hash, now, next) = (Secret.Hash(token), time.GetUtcNow(), Secret.New());
        var taken = await database.Source.FirstAsync(
            $"""
            with f as (
                update access.refresh_token t set used_at = $2 from access.token_family f
                where t.hash = $1 and t.used_at is null and t.expires_at > $2 and f.id = t.family and f.client = $3 and f.revoked_at is null
                returning {Family}),
            added as (insert into access.refresh_token (hash, family, expires_at) select $4, f.id, f.expires_at from f)
            select {Family} from f
            """, Read, ct, hash, now, client, Secret.Hash(next));
        if (taken is null)
        {
            await RevokeReplayedAsync("A refresh token", "access.refresh_token", hash, now, ct);
            return null;
        }

        return (taken, next);
    }

    /// <summary>The family of a refresh token, whatever became of it; null when there is none.</summary>
    public Task<(Guid Id, string Client, bool Active)?> FindRefreshAsync(string token, CancellationToken ct) => database.Source.FirstAsync<(Guid, string, bool)?>(
        "select f.id, f.client, t.used_at is null and t.expires_at > $2 and f.revoked_at is null from access.refresh_token t join access.token_family f on f.id = t.family where t.hash = $1",
        rows => (rows.GetGuid(0), rows.GetString(1), rows.GetBoolean(2)), ct, Secret.Hash(token), time.GetUtcNow());

    /// <summary>The family with what its app is registered for now; null when it is revoked or expired, or the app is disabled or gone.</summary>
    public Task<LivingFamily?> FindLivingAsync(Guid id, CancellationToken ct) => database.Source.FirstAsync(
        $"select {Family}, c.name, c.scopes from access.token_family f join access.client c on c.id = f.client where f.id = $1 and f.revoked_at is null and f.expires_at > $2 and c.state = 'active'",
        rows => new LivingFamily(Read(rows), rows.GetString(13), ScopeSet.Of(rows.GetFieldValue<string[]>(14))), ct, id, time.GetUtcNow());

    public async Task RevokeAsync(Guid family, string because, CancellationToken ct)
    {
        await database.Source.RunAsync("update access.token_family set revoked_at = $2, revoked_because = $3 where id = $1 and revoked_at is null", ct, family, time.GetUtcNow(), because);
        revocations.Add();
    }

    /// <summary>All that an app has of a user.</summary>
    public async Task RevokeAsync(Guid account, string client, string because, CancellationToken ct)
    {
        await database.Source.RunAsync("update access.token_family set revoked_at = $3, revoked_because = $4 where account = $1 and client = $2 and revoked_at is null",
            ct, account, client, time.GetUtcNow(), because);
        revocations.Add();
    }

    /// <summary>Forgets what can be of no use to anybody.</summary>
    public async Task SweepAsync(CancellationToken ct)
    {
        // Families stay a day longer: a refresh token that is brought then still is known as a replay, and the log says so.
        var now = time.GetUtcNow();
        await database.Source.RunAsync("delete from access.token_family where expires_at < $1", ct, now.AddDays(-1));
        await database.Source.RunAsync("delete from access.assertion where expires_at < $1", ct, now);
        await database.Source.RunAsync("delete from access.consent_request where expires_at < $1", ct, now.AddHours(-1));
        await database.Source.RunAsync("delete from access.app_launch where expires_at < $1", ct, now.AddHours(-1));
    }

    private async Task RevokeReplayedAsync(string what, string table, byte[] hash, DateTimeOffset now, CancellationToken ct)
    {
        var client = await database.Source.FirstAsync(
            $"update access.token_family f set revoked_at = $2, revoked_because = 'replay' from {table} t where t.hash = $1 and t.used_at is not null and f.id = t.family and f.revoked_at is null returning f.client",
            rows => rows.GetString(0), ct, hash, now);
        if (client is not null)
        {
            revocations.Add();
            AccessLog.Replayed(log, what, client);
        }
    }

    private static TokenFamily Read(NpgsqlDataReader rows) =>
        new(rows.GetGuid(0), new Tenant(rows.GetInt32(1)), rows.GetString(2), rows.IsDBNull(3) ? null : rows.GetGuid(3), ScopeSet.Of(rows.GetFieldValue<string[]>(4)))
        {
            Session = rows.Text(5),
            Patient = rows.Text(6),
            EhrLaunch = rows.GetBoolean(7),
            Nonce = rows.Text(8),
            CreatedAt = rows.Time(9),
            ExpiresAt = rows.Time(10),
            Stamp = rows.Text(11),
            SignedInAt = rows.IsDBNull(12) ? null : rows.Time(12),
        };
}
