using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using Salus.Kernel;
using Salus.Records.Http;

namespace Salus.Records.Subscriptions;

/// <summary>
/// Which addresses the server may call for a Subscription. Without such a list, whoever may store a resource could make the server call anything that it
/// can reach and he cannot. Asked when a Subscription is stored and again at each delivery, because the list may have changed.
/// </summary>
/// <param name="servers">The one that this is, which must not tell itself; none in a command.</param>
internal sealed class AllowedEndpoints(IOptions<SubscriptionOptions> options, IEnumerable<IServer> servers)
{
    private const string Setting = "Salus:Records:Subscriptions:Endpoints";
    private static readonly string[] Loopback = ["http://127.0.0.1", "http://[::1]", "http://localhost"];

    private readonly AddressList addresses = new(Setting, options.Value.Endpoints ?? Loopback, anyPortOfLoopback: true);

    /// <summary>Null, or why this address is not called.</summary>
    public Failure? Refuse(Uri endpoint) => IsOwn(endpoint) ? new Failure(
        FailureKind.Unprocessable, "security", $"{endpoint.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped)} is this server: what it stored for a notification would be notified again, without end. Name another one.",
        "Subscription.channel.endpoint")
        : addresses.Covers(endpoint) ? null : new Failure(
        FailureKind.Unprocessable, "security",
        $"The server may not call {endpoint.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped)}: {Reason(endpoint)}.",
        "Subscription.channel.endpoint");

    private bool IsOwn(Uri endpoint) => endpoint.IsLoopback
        && servers.SelectMany(s => s.Features.Get<IServerAddressesFeature>()?.Addresses ?? []).Any(a => Uri.TryCreate(a, UriKind.Absolute, out var own) && own.Port == endpoint.Port);

    private string Reason(Uri endpoint) => AddressList.IsPlain(endpoint)
        ? $"the setting {Setting} does not list it. It lists {addresses}"
        : $"an address with a user or an escaped separator (%2F, %5C) is never one that the setting {Setting} lists. Give a plain address";
}
