namespace Salus.Access.OAuth;

/// <summary>Where an app wants its answer.</summary>
internal static class RedirectUris
{
    private static readonly string[] Dangerous = ["javascript", "data", "file", "vbscript", "about", "blob", "view-source", "ftp", "ws", "wss", "filesystem"];

    /// <summary>Why an address cannot be registered; null when it can.</summary>
    public static string? Problem(string text)
    {
        if (text.Length > 500 || !Uri.TryCreate(text, UriKind.Absolute, out var uri) || text.Any(c => c is <= ' ' or > '~' or '\\' or '*'))
        {
            return "is no absolute address of at most 500 characters (ASCII, without * and spaces)";
        }

        // RFC 6749, section 3.1.2.
        if (text.Contains('#', StringComparison.Ordinal) || uri.UserInfo.Length > 0)
        {
            return "may have neither a fragment (#) nor a user name";
        }

        // RFC 8252, section 7.1: a private scheme is a domain in reverse, so it has a dot.
        return uri.Scheme switch
        {
            "https" => null,
            "http" when OAuthAddresses.IsLoopback(uri.Host) => null,
            "http" => "has to begin with https://; http:// is for this machine only (http://127.0.0.1)",
            var scheme when Dangerous.Contains(scheme) || !scheme.Contains('.', StringComparison.Ordinal) => "has to begin with https://, or with the private scheme of an app, such as org.example.app:/",
            _ => null,
        };
    }

    /// <summary>OAuth 2.1, section 2.3.1: character by character; RFC 8252, section 7.3: only the port of a loopback address may be another one.</summary>
    public static bool Match(IEnumerable<string> registered, string asked) => registered.Any(r => string.Equals(r, asked, StringComparison.Ordinal) || IsSameButPort(r, asked));

    private static bool IsSameButPort(string registered, string asked)
    {
        if (WithoutPort(registered) is not { } expected || WithoutPort(asked) is not { } found)
        {
            return false;
        }

        return string.Equals(expected, found, StringComparison.Ordinal);
    }

    // Texts are compared, never what a parser makes of them: http://127.0.0.1:1@evil.example, /a/../b and %2e are nobody's exception.
    private static string? WithoutPort(string text)
    {
        foreach (var origin in (string[])["http://127.0.0.1", "http://[::1]"])
        {
            if (!text.StartsWith(origin, StringComparison.Ordinal))
            {
                continue;
            }

            var rest = text[origin.Length..];
            if (rest.StartsWith(':'))
            {
                var digits = rest[1..].TakeWhile(char.IsAsciiDigit).Count();
                if (digits is 0 or > 5 || int.Parse(rest.AsSpan(1, digits), System.Globalization.CultureInfo.InvariantCulture) > 65_535)
                {
                    return null;
                }

                rest = rest[(1 + digits)..];
            }

            return rest.Length == 0 || rest[0] is '/' or '?' ? origin + rest : null;
        }

        return null;
    }
}
