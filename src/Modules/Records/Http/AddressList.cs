using Salus.Kernel;

namespace Salus.Records.Http;

/// <summary>Addresses that the server may call, as beginnings: each is that path and all below it. Without such a list, a request could make it call what only it can reach.</summary>
internal sealed class AddressList
{
    private readonly List<(Uri Start, bool AnyPort)> starts;

    /// <param name="setting">Where they come from, for messages.</param>
    /// <param name="anyPortOfLoopback">Whether a loopback address without a port is all of its ports.</param>
    /// <exception cref="CannotStartException">One of them is not the beginning of an http or https address.</exception>
    public AddressList(string setting, IEnumerable<string> texts, bool anyPortOfLoopback) =>
        starts = [.. texts.Select(t => Start(setting, t.Trim(), anyPortOfLoopback))];

    public bool IsEmpty => starts.Count == 0;

    /// <summary>Whether an address means the same to every server: no user, and no escaped separator, which may lead to another folder there than it does here.</summary>
    public static bool IsPlain(Uri address) =>
        address.UserInfo.Length == 0 && !address.AbsolutePath.Contains("%2f", StringComparison.OrdinalIgnoreCase) && !address.AbsolutePath.Contains("%5c", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether an address may be called.</summary>
    public bool Covers(Uri address) => address.Scheme is "http" or "https" && IsPlain(address) && starts.Exists(s => IsBelow(s.Start, s.AnyPort, address));

    public override string ToString() => string.Join(", ", starts.Select(s => s.Start.OriginalString));

    private static bool IsBelow(Uri start, bool anyPort, Uri address)
    {
        if (start.Scheme != address.Scheme || !start.IdnHost.Equals(address.IdnHost, StringComparison.OrdinalIgnoreCase) || (!anyPort && start.Port != address.Port))
        {
            return false;
        }

        var folder = start.AbsolutePath;
        return address.AbsolutePath.StartsWith(folder, StringComparison.Ordinal) && (folder.EndsWith('/') || address.AbsolutePath.Length == folder.Length || address.AbsolutePath[folder.Length] == '/');
    }

    private static (Uri Start, bool AnyPort) Start(string setting, string text, bool anyPortOfLoopback)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri is not { Scheme: "http" or "https", UserInfo: "", Query: "", Fragment: "" } || !IsPlain(uri))
        {
            throw new CannotStartException($"{setting}: '{text}' is not the beginning of an http or https address, such as https://files.example.org/fhir.");
        }

        var named = text.TrimEnd('/').EndsWith($":{uri.Port}", StringComparison.Ordinal) || text.Contains($":{uri.Port}/", StringComparison.Ordinal);
        return (uri, anyPortOfLoopback && uri.IsLoopback && !named);
    }
}
