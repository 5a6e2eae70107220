using Salus.Kernel;
using Salus.Records.Http;
using Salus.Records.Storage;

namespace Salus.Records.Conditional;

/// <summary>Runs a write that depends on what matches: looks, writes under the condition that it is still so, and begins again when it is not.</summary>
internal sealed class ConditionalAttempts(ConditionalMatch match, Turnstile turnstile)
{
    /// <param name="write">Gets what matches (at most <see cref="MatchCriteria.Most"/>) and the condition that its write set has to carry.</param>
    public async Task<Outcome<Reply>> RunAsync(
        Caller caller, MatchCriteria criteria, Func<IReadOnlyList<ExistingResource>, WriteCondition, Task<Outcome<Reply>>> write, CancellationToken ct)
    {
        MatchLook? look = null;
        return await turnstile.RunAsync(
            criteria.Key,
            async () =>
            {
                var looked = await match.LookAsync(caller, [criteria], look, ct);
                if (looked.Failed(out var failure))
                {
                    return failure;
                }

                look = looked.Value;
                return await write(look.All[0], match.Condition(caller, criteria, look, 0));
            },
            ct);
    }
}
