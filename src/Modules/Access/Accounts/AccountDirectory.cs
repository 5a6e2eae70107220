using Salus.Kernel;

namespace Salus.Access.Accounts;

/// <summary>
/// The accounts that may act, as they are now: what this process changes counts at once, what another process changes within two seconds. Safe for many threads.
/// </summary>
internal sealed class AccountDirectory(AccountTable table, TimeProvider time)
{
    // What a request costs less by it is one question to the database; what it costs is this delay with several processes.
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(2);
    private const int Most = 20_000;

    private readonly Kept<Guid, (User? User, DateTimeOffset At)> known = new(Most);
    private long changes;

    /// <summary>The account; null when it is not there, of another tenant, invited only, locked or disabled.</summary>
    public async ValueTask<Account?> FindAsync(Tenant tenant, Guid id, CancellationToken ct) =>
        await UserAsync(id, ct) is { State: AccountState.Active } user && user.Tenant == tenant.Number ? user.ToAccount() : null;

    /// <summary>The account with its stamp, whatever its state.</summary>
    public async ValueTask<User?> UserAsync(Guid id, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (known.TryGet(id, out var cached) && now - cached.At < Age && now >= cached.At)
        {
            return cached.User;
        }

        var before = Interlocked.Read(ref changes);
        var user = await table.FindAsync(id, ct);
        // What was changed while it was read may be missing in it.
        if (before == Interlocked.Read(ref changes))
        {
            known.Set(id, (user, now));
        }

        return user;
    }

    /// <summary>To be called after every change of an account.</summary>
    public void Forget(Guid id)
    {
        Interlocked.Increment(ref changes);
        known.Forget(id);
    }
}
