using Salus.Fhir.Json;
using Salus.Kernel;

namespace Salus.Records.Subscriptions;

/// <summary>The headers that a Subscription wants to be called with. Messages name a header, never its value.</summary>
internal static class HookHeaders
{
    private const int Most = 32;
    private const int MostLength = 8 * 1024;

    // What belongs to the connection, or to the body that the server makes.
    private static readonly HashSet<string> Own = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Connection", "Content-Length", "Content-Type", "Content-Encoding", "Transfer-Encoding", "Keep-Alive", "Upgrade", "Proxy-Connection", "Proxy-Authorization", "TE", "Trailer", "Expect",
    };

    public static Outcome<IReadOnlyList<(string Name, string Value)>> Read(Element channel)
    {
        var headers = new List<(string, string)>();
        foreach (var header in channel.Named("header"))
        {
            var text = header.AsString() ?? "";
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            var name = colon < 0 ? "" : text[..colon].Trim();
            var value = text[(colon + 1)..].Trim();
            if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal)) || value.Any(c => c is < ' ' or > '~'))
            {
                return SubscriptionReader.Wrong("value", $"channel.header[{headers.Count}]", "A header is a name, a colon and a value of printable ASCII, as in 'Authorization: Bearer abc'.");
            }

            if (Own.Contains(name) || text.Length > MostLength || headers.Count == Most)
            {
                return SubscriptionReader.Wrong("value", $"channel.header[{headers.Count}]", $"'{name}' cannot be set: it belongs to the connection, or there are more than {Most} headers or {MostLength} characters.");
            }

            headers.Add((name, value));
        }

        return headers;
    }
}
