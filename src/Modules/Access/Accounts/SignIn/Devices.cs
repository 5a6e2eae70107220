using Microsoft.AspNetCore.Http;
using Salus.Access.Accounts.Sessions;
using Salus.Kernel;

namespace Salus.Access.Accounts.SignIn;

/// <summary>Browsers that signed in to an account before. Being one opens nothing: it only is not kept waiting for what others guess.</summary>
internal sealed class Devices(Database database, TimeProvider time)
{
    private const int MostPerAccount = 20;

    /// <summary>The hash of the browser's cookie, when it is one of this account's.</summary>
    public async Task<byte[]?> KnownAsync(HttpContext http, Guid? account, CancellationToken ct)
    {
        var hash = Secret.Hash(SessionCookies.DeviceOf(http) ?? "");
        // Asked for also where there is no account, so that both take the same way.
        return await database.Source.ScalarAsync<bool>("select exists (select from access.device where hash = $1 and account = $2)", ct, hash, account ?? Guid.Empty) ? hash : null;
    }

    /// <summary>Notes that the browser signed in. It gets a new secret each time.</summary>
    public async Task RememberAsync(HttpContext http, Guid account, CancellationToken ct)
    {
        var secret = Secret.New();
        if (SessionCookies.DeviceOf(http) is { } before)
        {
            await database.Source.RunAsync("delete from access.device where hash = $1 and account = $2", ct, Secret.Hash(before), account);
        }

        await database.Source.RunAsync("insert into access.device (hash, account, last_used_at) values ($1, $2, $3)", ct, Secret.Hash(secret), account, time.GetUtcNow().UtcDateTime);
        await database.Source.RunAsync(
            "delete from access.device where account = $1 and hash not in (select hash from access.device where account = $1 order by last_used_at desc limit $2)", ct, account, MostPerAccount);
        SessionCookies.SetDevice(http, secret);
    }
}
