using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Salus.Access.Jose;
using Salus.Kernel;

namespace Salus.Access.OAuth;

/// <summary>
/// The keys that sign tokens, shared by all processes through the database. The next one is published before it signs, and an old one stays until the last token that it signed has expired.
/// Private keys are stored protected; only their owner can use them.
/// </summary>
internal sealed class SigningKeys(Database database, IDataProtectionProvider protection, IOptions<OAuthOptions> options, TimeProvider time, ILogger<SigningKeys> log) : IDisposable
{
    // Longer than any token lives after its key stopped signing, with room for clocks.
    private static readonly TimeSpan Room = TimeSpan.FromMinutes(5);

    private readonly IDataProtector protector = protection.CreateProtector("Salus.Access.OAuth.SigningKeys.v1");
    private readonly SemaphoreSlim loading = new(1);
    private volatile Loaded? loaded;

    /// <summary>The one that signs now.</summary>
    public async ValueTask<JwtSigner> SignerAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        return (await CurrentAsync(now, ct)).Signer(now);
    }

    /// <summary>The public key of that name; null when there is none, or it is too old for any token.</summary>
    public async ValueTask<Func<string, PublicKey?>> LookupAsync(string? keyId, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var current = await CurrentAsync(now, ct);
        // A key that another process made just now. Asked at most once a second, so that made-up names cost nothing.
        if (keyId is not null && !current.Public.ContainsKey(keyId) && now - current.At > TimeSpan.FromSeconds(1))
        {
            current = await LoadAsync(now, ct);
        }

        return id => current.Public.GetValueOrDefault(id);
    }

    /// <summary>The JSON Web Key Set (RFC 7517, section 5), with the next key.</summary>
    public async ValueTask<object> PublishedAsync(CancellationToken ct) => new { keys = (await CurrentAsync(time.GetUtcNow(), ct)).Published };

    /// <summary>Makes the next key when it is time, and forgets those that nothing can need. Safe in several processes at once.</summary>
    public async Task RotateAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await using (var connection = await database.Source.OpenConnectionAsync(ct))
        await using (var transaction = await connection.BeginTransactionAsync(ct))
        {
            // One process decides at a time.
            await ExecuteAsync(connection, "lock table access.signing_key in share row exclusive mode", ct);
            var keys = await ReadAsync(connection, ct);
            if (NextFrom(keys, now) is { } from)
            {
                await InsertAsync(connection, now, from, ct);
            }

            await ExecuteAsync(connection,
                "delete from access.signing_key k where exists (select from access.signing_key s where s.active_from > k.active_from and s.active_from < $1)", ct,
                now.UtcDateTime - TimeSpan.FromMinutes(options.Value.AccessTokenMinutes) - Room);
            await transaction.CommitAsync(ct);
        }

        await LoadAsync(now, ct);
    }

    public void Dispose() => loading.Dispose();

    private async ValueTask<Loaded> CurrentAsync(DateTimeOffset now, CancellationToken ct)
    {
        var current = loaded;
        if (current is null || now - current.At >= TimeSpan.FromMinutes(1) || !current.CanSign)
        {
            current = await LoadAsync(now, ct);
        }

        if (!current.CanSign)
        {
            await RotateAsync(ct);
        }

        return loaded!;
    }

    // From when on a new key signs; null when none is needed yet.
    private DateTimeOffset? NextFrom(List<Key> keys, DateTimeOffset now)
    {
        if (keys.All(k => k.Private is null))
        {
            if (keys.Count > 0)
            {
                // The Data Protection keys of the installation are lost, and every private key with them.
                AccessLog.SigningKeysLost(log);
            }

            return now;
        }

        var next = keys.Max(k => k.ActiveFrom).AddDays(options.Value.KeyDays);
        var published = now.AddHours(options.Value.KeyAheadHours);
        // Where nobody ran for long, the new key still is published for its time before it signs.
        return next > published ? null : published;
    }

    private async Task InsertAsync(NpgsqlConnection connection, DateTimeOffset now, DateTimeOffset from, CancellationToken ct)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = key.ExportParameters(false).Q;
        await ExecuteAsync(connection, "insert into access.signing_key (kid, private_key, x, y, created_at, active_from) values ($1, $2, $3, $4, $5, $6)", ct,
            Thumbprint(point), protector.Protect(Convert.ToBase64String(key.ExportPkcs8PrivateKey())), point.X!, point.Y!, now.UtcDateTime, from.UtcDateTime);
    }

    // RFC 7638: the name of a key is made of the key, so no two have one.
    private static string Thumbprint(ECPoint q) =>
        StrictBase64Url.Encode(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes($$"""{"crv":"P-256","kty":"EC","x":"{{StrictBase64Url.Encode(q.X)}}","y":"{{StrictBase64Url.Encode(q.Y)}}"}""")));

    private async Task<Loaded> LoadAsync(DateTimeOffset now, CancellationToken ct)
    {
        await loading.WaitAsync(ct);
        try
        {
            await using var connection = await database.Source.OpenConnectionAsync(ct);
            return loaded = new Loaded(now, await ReadAsync(connection, ct));
        }
        finally
        {
            loading.Release();
        }
    }

    // The newest first.
    private async Task<List<Key>> ReadAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select kid, private_key, x, y, active_from from access.signing_key order by active_from desc, kid", connection);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var keys = new List<Key>();
        while (await rows.ReadAsync(ct))
        {
            var point = new ECPoint { X = rows.GetFieldValue<byte[]>(2), Y = rows.GetFieldValue<byte[]>(3) };
            keys.Add(new Key(rows.GetString(0), point, new DateTimeOffset(rows.GetDateTime(4), TimeSpan.Zero), Open(rows.GetString(0), rows.GetString(1))));
        }

        return keys;
    }

    private JwtSigner? Open(string kid, string text)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportPkcs8PrivateKey(Convert.FromBase64String(protector.Unprotect(text)), out _);
            return new JwtSigner(kid, key.ExportParameters(true));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await command.ExecuteNonQueryAsync(ct);
    }

    private sealed record Key(string Id, ECPoint Point, DateTimeOffset ActiveFrom, JwtSigner? Private);

    private sealed class Loaded(DateTimeOffset at, IReadOnlyList<Key> keys)
    {
        public DateTimeOffset At { get; } = at;

        public Dictionary<string, PublicKey> Public { get; } = keys.ToDictionary(k => k.Id, k => PublicKey.Of(k.Id, new ECParameters { Q = k.Point }), StringComparer.Ordinal);

        public IReadOnlyList<object> Published { get; } =
            [.. keys.Select(k => new { kty = "EC", crv = "P-256", use = "sig", alg = "ES256", kid = k.Id, x = StrictBase64Url.Encode(k.Point.X), y = StrictBase64Url.Encode(k.Point.Y) })];

        public bool CanSign { get; } = keys.Any(k => k.Private is not null);

        // One whose private part cannot be opened is passed over. Where all begin in the future, by another process's clock, the first of them signs.
        public JwtSigner Signer(DateTimeOffset now)
        {
            var usable = keys.Where(k => k.Private is not null).ToList();
            return (usable.FirstOrDefault(k => k.ActiveFrom <= now) ?? usable[^1]).Private!;
        }
    }
}
