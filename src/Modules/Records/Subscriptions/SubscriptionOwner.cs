using Salus.Kernel;

namespace Salus.Records.Subscriptions;

/// <summary>
/// Whose a subscription is: who wrote it last, and with how much of what they may do an app acted for them. It tells of what the owner may search at that moment, and
/// nothing any more when they may not act; nobody else reads it.
/// </summary>
internal readonly record struct SubscriptionOwner(string Actor, string? Delegation)
{
    /// <summary>The actor of changes that Salus itself makes, of the status: the owner stays who it was.</summary>
    public const string Keeper = "subscriptions";

    /// <summary>Null, or that the subscription is somebody else's.</summary>
    public Failure? Refuse(Caller caller, string id) => caller.Permit.IsEverything || (caller.Actor == Actor && caller.Delegation == Delegation)
        ? null
        : new Failure(FailureKind.Forbidden, "forbidden", $"Only the owner of Subscription/{id}, who wrote it last, gets what it tells.");
}
