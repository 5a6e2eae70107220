using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Salus.Kernel;

namespace Salus.Access.Accounts.SignIn;

/// <summary>Whether an attempt counts.</summary>
/// <param name="Allowed">False: whatever was sent, it is wrong.</param>
/// <param name="Wait">Set when the address as a whole has to wait, which says nothing of an account.</param>
internal readonly record struct Attempt(bool Allowed, TimeSpan? Wait, IReadOnlyList<byte[]> Keys);

/// <summary>
/// Slows guessing down without a way to lock somebody out. Counted are: one account from one address (5, then 30 s, doubled up to 15 min); one account from all browsers that
/// never signed in to it (50); one address for all accounts (200 in a quarter of an hour). A browser that signed in to the account before is counted by itself alone, so that
/// whoever guesses elsewhere does not keep the nurse at her ward's computer out. Attempts count before the password is looked at: many at once gain nothing.
/// </summary>
internal sealed class AttemptGuard(Database database, IOptions<AccountOptions> options, TimeProvider time)
{
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(15);
    private const double FirstDelay = 30;
    private const double LongestDelay = 900;

    // Nothing to wait for is the epoch, not now: of two requests at once one has the earlier now.
    // One statement: of two attempts at once the second sees what the first has written.
    private const string Count =
        """
        insert into access.attempt as a (key, count, until, allowed, forget_at) values ($1, 1, 'epoch', true, $3)
        on conflict (key) do update set
            allowed = a.forget_at <= $2 or a.until <= $2,
            count = case when a.forget_at <= $2 then 1 when a.until > $2 then a.count else a.count + 1 end,
            until = case when a.forget_at <= $2 then 'epoch' when a.until > $2 then a.until
                         when a.count + 1 >= $4 then $2 + make_interval(secs => least($6::float8, $5::float8 * power(2::float8, least(a.count + 1 - $4, 20)::float8))) else 'epoch' end,
            forget_at = case when a.until > $2 and a.forget_at > $2 then a.forget_at else $3 end
        returning case when allowed then null else until end
        """;

    /// <summary>Counts an attempt.</summary>
    /// <param name="what">What is guessed at: a user name, or the second factor of an account. Counted alike whether it exists or not.</param>
    /// <param name="device">The browser, when it signed in to this account before.</param>
    public async Task<Attempt> BeginAsync(HttpContext http, string what, byte[]? device, CancellationToken ct)
    {
        var address = AddressOf(http);
        var settings = options.Value;
        if (device is not null)
        {
            var own = Secret.Hash($"device {Convert.ToHexString(device)} {what}");
            return new Attempt(await CountAsync(own, settings.AttemptsPerAddress, ct) is null, null, [own]);
        }

        var everywhere = Secret.Hash($"address {address}");
        if (await CountAsync(everywhere, settings.AttemptsFromAddress, ct) is { } until)
        {
            return new Attempt(false, until - time.GetUtcNow().UtcDateTime, []);
        }

        var here = Secret.Hash($"account {what} {address}");
        var account = Secret.Hash($"account {what}");
        var allowed = await CountAsync(here, settings.AttemptsPerAddress, ct) is null;
        // What is refused here counts for the account no further.
        allowed = allowed && await CountAsync(account, settings.AttemptsPerAccount, ct) is null;
        return new Attempt(allowed, null, [here, everywhere, account]);
    }

    /// <summary>The attempt was right. The failures of this place are forgotten; those of the account elsewhere are not.</summary>
    public async Task SucceededAsync(Attempt attempt, CancellationToken ct)
    {
        await database.Source.RunAsync("delete from access.attempt where key = $1 or forget_at <= $2", ct, attempt.Keys[0], time.GetUtcNow().UtcDateTime);
        foreach (var shared in attempt.Keys.Skip(1))
        {
            await database.Source.RunAsync("update access.attempt set count = greatest(count - 1, 0), until = 'epoch' where key = $1", ct, shared);
        }
    }

    // Null: it may go on; otherwise until when not.
    private async Task<DateTime?> CountAsync(byte[] key, int allowed, CancellationToken ct)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return await database.Source.ScalarAsync<DateTime?>(Count, ct, key, now, now + Memory, allowed, FirstDelay, LongestDelay);
    }

    // Of IPv6 the network: who has one has all of its addresses.
    private static string AddressOf(HttpContext http)
    {
        if (http.Connection.RemoteIpAddress is not { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } address)
        {
            return http.Connection.RemoteIpAddress?.MapToIPv4().ToString() ?? "";
        }

        var bytes = address.GetAddressBytes();
        Array.Clear(bytes, 8, 8);
        return new IPAddress(bytes).ToString();
    }
}
