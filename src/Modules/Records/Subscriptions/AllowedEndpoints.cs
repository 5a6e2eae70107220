using Microsoft.Extensions.Options;
using Salus.Kernel;

namespace Salus.Records.Subscriptions;

/// <summary>
/// Which addresses the server may call for a Subscription. Without such a list, whoever may store a resource could make the server call anything that it
/// can reach and he cannot. Asked when a Subscription is stored and again at each delivery, because the list may have changed.
/// </summary>
internal sealed class AllowedEndpoints
{
    private const string Setting = "Salus:Records:Subscriptions:Endpoints";
    private static readonly string[] Loopback = ["http://127.0.0.1", "http://[::1]", "http://localhost"];

    private readonly List<(Uri Start, bool AnyPort)> starts;

    public AllowedEndpoints(IOptions<SubscriptionOptions> options) =>
        starts = [.. (options.Value.Endpoints ?? Loopback).Select(Start)];

    /// <summary>Null, or why this address is not called.</summary>
    public Failure? Refuse(Uri endpoint) =>
        endpoint is { Scheme: "http" or "https", UserInfo: "" } && starts.Exists(s => Covers(s.Start, s.AnyPort, endpoint))
            ? null
            : new Failure(
                FailureKind.Unprocessable, "security",
                $"The server may not call {endpoint.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped)}: the setting {Setting} does not list it. It lists {string.Join(", ", starts.Select(s => s.Start.OriginalString))}.",
                "Subscription.channel.endpoint");

    private static bool Covers(Uri start, bool anyPort, Uri endpoint) =>
        start.Scheme == endpoint.Scheme && start.IdnHost.Equals(endpoint.IdnHost, StringComparison.OrdinalIgnoreCase) && (anyPort || start.Port == endpoint.Port)
        && (start.AbsolutePath == "/" || endpoint.AbsolutePath == start.AbsolutePath || endpoint.AbsolutePath.StartsWith(start.AbsolutePath.TrimEnd('/') + "/", StringComparison.Ordinal));

    private static (Uri Start, bool AnyPort) Start(string text)
    {
        if (!Uri.TryCreate(text.Trim(), UriKind.Absolute, out var uri) || uri is not { Scheme: "http" or "https", UserInfo: "", Query: "", Fragment: "" })
        {
            throw new CannotStartException($"{Setting}: '{text}' is not the beginning of an http or https address, such as https://hooks.example.org/fhir.");
        }

        var named = text.Trim().TrimEnd('/').EndsWith($":{uri.Port}", StringComparison.Ordinal) || text.Contains($":{uri.Port}/", StringComparison.Ordinal);
        return (uri, uri.IsLoopback && !named);
    }
}
