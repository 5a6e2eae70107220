namespace Salus.Kernel;

/// <summary>
/// Finds out anew who makes a request that lasts, such as a stream: by the cookie or token that it came with, as if it came now. A feature of the request, set where it was found out who
/// calls. One question at a time; safe for all threads.
/// </summary>
/// <param name="find">The caller with the permit of now; null when the sign-in has ended, or they may not call this route any more.</param>
public sealed class CallerAgain(Func<CancellationToken, ValueTask<Caller?>> find)
{
    private readonly Lock turn = new();
    private Task<Caller?> last = Task.FromResult<Caller?>(null);

    /// <summary>The caller of now; null when they may not call any more.</summary>
    public Task<Caller?> FindAsync(CancellationToken ct)
    {
        lock (turn)
        {
            return last = FindAsync(last, ct);
        }
    }

    // What is found out is noted with the request, which is not made for several threads.
    private async Task<Caller?> FindAsync(Task before, CancellationToken ct)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        return await find(ct);
    }
}
