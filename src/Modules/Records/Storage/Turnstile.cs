using Salus.Kernel;

namespace Salus.Records.Storage;

/// <summary>
/// Repeats writes that lost a race. The first attempt is free; whoever lost it queues with the other losers of the same resource, so that each round
/// of commits has few contenders. Without the queue, 32 clients that wrote one resource blindly lost more than 100 rounds in a row.
/// </summary>
internal sealed class Turnstile
{
    private const int MaxAttempts = 100;

    // Two resources may share a gate; that costs a moment, never a write.
    private readonly SemaphoreSlim[] gates = [.. Enumerable.Range(0, 256).Select(_ => new SemaphoreSlim(1, 1))];

    /// <param name="name">What is raced for.</param>
    /// <param name="attempt">Looks, prepares and commits; a <see cref="FailureKind.Conflict"/> is a lost race.</param>
    public async Task<Outcome<T>> RunAsync<T>(string name, Func<Task<Outcome<T>>> attempt, CancellationToken ct)
    {
        var outcome = await attempt();
        if (!Lost(outcome))
        {
            return outcome;
        }

        var gate = gates[(uint)name.GetHashCode(StringComparison.Ordinal) % gates.Length];
        await gate.WaitAsync(ct);
        try
        {
            for (var i = 0; i < MaxAttempts && Lost(outcome); i++)
            {
                outcome = await attempt();
            }

            return outcome;
        }
        finally
        {
            gate.Release();
        }
    }

    private static bool Lost<T>(Outcome<T> outcome) => outcome.Failed(out var failure) && failure.Kind == FailureKind.Conflict;
}
