using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Npgsql;
using Salus.Kernel;

namespace Salus.Records.Subscriptions.Streams;

/// <summary>Tokens for websockets, good in every process on this database. Only their hashes are kept.</summary>
internal sealed class BindingTokens(SubscriptionSessions database, IOptions<SubscriptionOptions> options, TimeProvider time)
{
    public async Task<(string Token, DateTimeOffset Expires)> NewAsync(Tenant tenant, int[] subscriptions, CancellationToken ct)
    {
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        var expires = time.GetUtcNow().AddMinutes(options.Value.TokenMinutes);
        await using var command = database.Source.CreateCommand("insert into records.subscription_token (hash, tenant, subscriptions, expires_at) values ($1, $2, $3, $4)");
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = Hash(token) });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = tenant.Number });
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = subscriptions });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = expires.UtcDateTime });
        await command.ExecuteNonQueryAsync(ct);
        return (token, expires);
    }

    /// <summary>The subscriptions that a token is for; none when it is unknown or too old.</summary>
    public async Task<IReadOnlyList<SubscriptionRow>> FindAsync(string token, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand(
            $"""
            select {SubscriptionRow.Columns} from records.subscription_token t join records.subscription s on s.tenant = t.tenant and s.number = any(t.subscriptions)
            join records.log l on l.position = s.position where t.hash = $1 and t.expires_at > $2 and s.status <> 'deleted' order by s.number
            """);
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = Hash(token) });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = time.GetUtcNow().UtcDateTime });
        return await SubscriptionRow.ReadAsync(command, ct);
    }

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
