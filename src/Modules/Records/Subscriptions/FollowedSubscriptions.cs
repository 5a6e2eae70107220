using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Read;

namespace Salus.Records.Subscriptions;

/// <summary>Finds the subscription of a resource that was stored a moment ago too: the feed comes to it after the answer to the write.</summary>
internal sealed class FollowedSubscriptions(SubscriptionEvents events, ResourceVersions versions, FhirDefinitions definitions, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>The caller's own subscription, waited for when its resource is stored. Fails with NotFound, with Forbidden for that of somebody else whose resource they may read, with Gone after a deletion, or Unavailable when the feed does not come to it.</summary>
    public async Task<Outcome<SubscriptionRow>> FindAsync(Caller caller, string id, CancellationToken ct)
    {
        for (var started = time.GetTimestamp(); ;)
        {
            var stored = await versions.ReadAsync(caller, definitions.Resource("Subscription")!, id, ct);
            if (stored.Failed(out var failure))
            {
                return failure;
            }

            if (await events.FindAsync(caller.Tenant, id, ct) is { } row)
            {
                return row.Owner.Refuse(caller, id) is { } forbidden ? forbidden : row;
            }

            if (time.GetElapsedTime(started) > Patience)
            {
                return new Failure(
                    FailureKind.Unavailable, "transient",
                    $"Subscription/{id} is stored and not followed yet: the change feed is behind, or Salus:Records:Subscriptions:Enabled was false when it was stored. Ask again in a moment, or store it again.");
            }

            await Task.Delay(Pause, time, ct);
        }
    }
}
