using Salus.Access.Accounts;
using Salus.Kernel;

namespace Salus.Access.BreakGlass;

/// <summary>
/// What is open by break-glass now. Asked at every request, so kept in memory: what this process opens or ends holds at once, what another one does within
/// <see cref="Freshness"/>; the end of its time is looked at every time.
/// </summary>
internal sealed class Openings(OpeningTable table, TimeProvider time)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    // More accounts than work at the same time; beyond, all are asked again.
    private const int MostKept = 10_000;
    private readonly Kept<(int Tenant, Guid Account), (long At, IReadOnlyList<Opening> Openings)> kept = new(MostKept);

    /// <summary>The active ones of an account.</summary>
    public async ValueTask<IReadOnlyList<Opening>> ActiveAsync(Account account, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var key = (account.Tenant.Number, account.Id);
        if (!kept.TryGet(key, out var known) || time.GetElapsedTime(known.At) > Freshness)
        {
            known = (time.GetTimestamp(), await table.OfAsync(account.Tenant, account.Id, now, ct));
            kept.Set(key, known);
        }

        return known.Openings.Count == 0 ? known.Openings : [.. known.Openings.Where(o => o.IsActive(now))];
    }

    /// <summary>Forgets what is known of an account, because it changed.</summary>
    public void Changed(Tenant tenant, Guid account) => kept.Forget((tenant.Number, account));
}
