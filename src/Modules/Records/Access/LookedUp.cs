using Salus.Kernel;

namespace Salus.Records.Access;

/// <summary>
/// What was looked up from resources of some types, kept until one of these is written. Periods begin and end without a write, so nothing is kept for longer than a minute.
/// Of more than <see cref="Most"/> keys all are forgotten and looked up again. Safe for all threads.
/// </summary>
internal sealed class LookedUp<TKey, TValue>(TypePositions positions, TimeProvider time, IReadOnlyList<string> types, Func<TKey, CancellationToken, Task<TValue>> look)
    where TKey : notnull
{
    private const int Most = 10_000;
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(1);
    private readonly Kept<(Tenant, TKey), Entry> entries = new(Most);

    public async ValueTask<TValue> GetAsync(Tenant tenant, TKey key, CancellationToken ct)
    {
        var mark = await positions.MarkAsync(tenant, types, ct);
        if (entries.TryGet((tenant, key), out var known) && known.Mark == mark && time.GetElapsedTime(known.At) < Age)
        {
            return known.Value;
        }

        var at = time.GetTimestamp();
        var value = await look(key, ct);
        entries.Set((tenant, key), new Entry(mark, at, value));
        return value;
    }

    private sealed record Entry((long, long) Mark, long At, TValue Value);
}
