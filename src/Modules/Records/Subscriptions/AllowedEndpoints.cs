using Microsoft.Extensions.Options;
using Salus.Kernel;
using Salus.Records.Http;

namespace Salus.Records.Subscriptions;

/// <summary>
/// Which addresses the server may call for a Subscription. Without such a list, whoever may store a resource could make the server call anything that it
/// can reach and he cannot. Asked when a Subscription is stored and again at each delivery, because the list may have changed.
/// </summary>
internal sealed class AllowedEndpoints(IOptions<SubscriptionOptions> options)
{
    private const string Setting = "Salus:Records:Subscriptions:Endpoints";
    private static readonly string[] Loopback = ["http://127.0.0.1", "http://[::1]", "http://localhost"];

    private readonly AddressList addresses = new(Setting, options.Value.Endpoints ?? Loopback, anyPortOfLoopback: true);

    /// <summary>Null, or why this address is not called.</summary>
    public Failure? Refuse(Uri endpoint) => addresses.Covers(endpoint) ? null : new Failure(
        FailureKind.Unprocessable, "security",
        $"The server may not call {endpoint.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped)}: {Reason(endpoint)}.",
        "Subscription.channel.endpoint");

    private string Reason(Uri endpoint) => AddressList.IsPlain(endpoint)
        ? $"the setting {Setting} does not list it. It lists {addresses}"
        : $"an address with a user or an escaped separator (%2F, %5C) is never one that the setting {Setting} lists. Give a plain address";
}
