using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Npgsql;
using Salus.Kernel;

namespace Salus.Access.Accounts.SecondFactors;

/// <summary>Secrets of authenticator apps (encrypted with the keys of Data Protection) and recovery codes (hashed).</summary>
internal sealed class TotpTable(Database database, IDataProtectionProvider protection, TimeProvider time)
{
    private const int RecoveryCodes = 10;
    private readonly IDataProtector protector = protection.CreateProtector("Salus.Access.Totp");

    private NpgsqlDataSource Source => database.Source;

    /// <summary>A new secret, not in force before a code of it was given. Null when one is in force already.</summary>
    public async Task<byte[]?> BeginAsync(Guid account, CancellationToken ct)
    {
        var secret = RandomNumberGenerator.GetBytes(20);
        return await Source.RunAsync("update access.account set totp_secret = $2 where id = $1 and not totp_confirmed", ct, account, protector.Protect(secret)) == 1 ? secret : null;
    }

    /// <summary>Whether it is the code of now, which counts once.</summary>
    /// <param name="confirmed">False for the first code of a new secret, which puts it in force.</param>
    public async Task<bool> UseAsync(User user, string code, bool confirmed, CancellationToken ct)
    {
        if (user.TotpSecret is null || user.TotpConfirmed != confirmed || Totp.Match(protector.Unprotect(user.TotpSecret), code, time.GetUtcNow()) is not { } step)
        {
            return false;
        }

        // Of two requests with one code, one comes second.
        return await Source.RunAsync(
            "update access.account set totp_step = $2, totp_confirmed = true, version = version + 1 where id = $1 and totp_step < $2 and totp_confirmed = $3 and totp_secret = $4", ct, user.Id, step, confirmed, user.TotpSecret) == 1;
    }

    public async Task RemoveAsync(Guid account, CancellationToken ct)
    {
        await Source.RunAsync("update access.account set totp_secret = null, totp_confirmed = false, version = version + 1 where id = $1", ct, account);
        await Source.RunAsync("delete from access.recovery_code where account = $1", ct, account);
    }

    /// <summary>Ten new codes instead of the old ones, 80 random bits each. Show them once.</summary>
    public async Task<IReadOnlyList<string>> NewRecoveryCodesAsync(Guid account, CancellationToken ct)
    {
        var codes = Enumerable.Range(0, RecoveryCodes).Select(_ => string.Join('-', Secret.NewCode(16).Chunk(4).Select(c => new string(c)))).ToList();
        await using var batch = Source.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("delete from access.recovery_code where account = $1") { Parameters = { new() { Value = account } } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("insert into access.recovery_code (account, hash) select $1, unnest($2::bytea[])")
        {
            Parameters = { new() { Value = account }, new() { Value = codes.Select(HashOf).ToArray() } },
        });
        await batch.ExecuteNonQueryAsync(ct);
        return codes;
    }

    /// <summary>Uses a recovery code up; false when it is none.</summary>
    public async Task<bool> UseRecoveryAsync(Guid account, string code, CancellationToken ct) =>
        await Source.RunAsync("delete from access.recovery_code where account = $1 and hash = $2", ct, account, HashOf(code)) == 1;

    private static byte[] HashOf(string code) => Secret.Hash(string.Concat(code.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant());
}
