using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Subscriptions;

/// <summary>A server that tries again soon and gives up soon, so that tests need not wait.</summary>
public sealed class SubscriptionServer : RecordServer
{
    internal static IEnumerable<KeyValuePair<string, string?>> Quick =>
    [
        new("Salus:Records:Subscriptions:RetryMilliseconds", "20"), new("Salus:Records:Subscriptions:MaxAttempts", "6"), new("Salus:Records:Subscriptions:SlowClientSeconds", "1"),
        new("Salus:Records:Validation", "Structural"),
    ];

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => Quick;
}
