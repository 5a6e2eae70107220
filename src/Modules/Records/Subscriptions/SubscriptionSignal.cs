using Salus.Records.Storage;

namespace Salus.Records.Subscriptions;

/// <summary>Wakes those who deliver, when the feed of this process has led to events or changed a subscription. Those of other processes are seen by asking each second.</summary>
internal sealed class SubscriptionSignal : Signal;
