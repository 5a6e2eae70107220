using System.Text.Json;
using Salus.Access.Jose;
using Salus.Access.OAuth;
using Salus.Kernel;

namespace Salus.Access.Apps;

/// <summary>The body of POST and PUT /admin/access/clients.</summary>
internal sealed record ClientInput(string? Id, string? Name, string? Kind, IReadOnlyList<string>? RedirectUris, string? LaunchUri, string? Url, IReadOnlyList<string>? Scopes, JsonElement? Jwks, string? JwksUrl, string? State, int? Version)
{
    private const int MostUris = 20;

    /// <summary>The app that it describes, or the first thing that is wrong with it, with its field as <see cref="Kernel.Problem.Path"/>.</summary>
    public Outcome<Client> Read(Tenant tenant, string id, DateTimeOffset now)
    {
        if (!IsClientId(id))
        {
            return Wrong("id", "has to be 1 to 64 letters, digits, '-', '_' or '.', or is left out");
        }

        if (Name?.Trim() is not { Length: > 0 and <= 100 } name || name.Any(char.IsControl))
        {
            return Wrong("name", "has to be 1 to 100 characters: users are asked whether they allow something to an app of this name");
        }

        ClientKind? known = Kind switch { "public" => ClientKind.Public, "confidential" => ClientKind.Confidential, "service" => ClientKind.Service, _ => null };
        if (known is not { } kind)
        {
            return Wrong("kind", "has to be public (an app that can keep nothing secret), confidential (with a secret or a key), or service (acts by itself, with a key)");
        }

        if (State is not (null or "active" or "disabled"))
        {
            return Wrong("state", "has to be active or disabled");
        }

        return Addresses(kind) ?? ScopeProblem(kind) ?? KeyProblem(kind) ?? (Outcome<Client>)new Client(id, tenant, name, kind)
        {
            RedirectUris = RedirectUris ?? [],
            LaunchUri = Empty(LaunchUri),
            Url = Empty(Url),
            Scopes = ScopeSet.Of(Scopes ?? []),
            Jwks = HasJwks ? Jwks!.Value.GetRawText() : null,
            JwksUrl = Empty(JwksUrl),
            Active = State != "disabled",
            CreatedAt = now,
            Version = Version ?? 1,
        };
    }

    private bool HasJwks => Jwks is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) };

    private static bool IsClientId(string id) => id.Length is > 0 and <= 64 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private Failure? Addresses(ClientKind kind)
    {
        var uris = RedirectUris ?? [];
        if (kind == ClientKind.Service ? uris.Count > 0 : uris.Count is 0 or > MostUris)
        {
            return Wrong("redirectUris", kind == ClientKind.Service ? "has to be empty: a service has no users" : $"needs 1 to {MostUris} addresses");
        }

        foreach (var uri in uris)
        {
            if ((uri is null ? "may not hold null" : OAuth.RedirectUris.Problem(uri)) is { } problem)
            {
                return Wrong("redirectUris", $"{problem}: {Shown(uri ?? "null")}");
            }
        }

        return WebAddress("launchUri", LaunchUri) ?? WebAddress("url", Url) ?? WebAddress("jwksUrl", JwksUrl);
    }

    private Failure? ScopeProblem(ClientKind kind)
    {
        var texts = Scopes ?? [];
        if (texts.Count is 0 or > 100)
        {
            return Wrong("scopes", "needs 1 to 100 scopes");
        }

        if (texts.Any(t => !ScopeSet.IsKnown(t)))
        {
            return Wrong("scopes", $"holds one that is not in the grammar of SMART 1 or 2, or has an unknown type: {Shown(texts.First(t => !ScopeSet.IsKnown(t)) ?? "null")}");
        }

        var set = ScopeSet.Of(texts);
        return kind == ClientKind.Service
            ? set.Resources.Any(s => s.Context != ScopeContext.System) ? Wrong("scopes", "of a service have to begin with system/: it has no user") : null
            : set.Resources.Any(s => s.Context == ScopeContext.System) ? Wrong("scopes", "that begin with system/ are for apps of the kind service") : null;
    }

    private Failure? KeyProblem(ClientKind kind)
    {
        var keys = (HasJwks ? 1 : 0) + (Empty(JwksUrl) is null ? 0 : 1);
        return kind switch
        {
            ClientKind.Service when keys != 1 => Wrong("jwks", "or jwksUrl is needed, one of them: a service signs with its private key"),
            ClientKind.Public when keys != 0 => Wrong("jwks", "is of no use to a public app: it can keep no private key"),
            _ when keys > 1 => Wrong("jwks", "and jwksUrl exclude each other"),
            _ when HasJwks && PublicKeySet.Read(Jwks!.Value.GetRawText()).Failed(out var failure) => failure,
            _ => null,
        };
    }

    private static Failure? WebAddress(string field, string? text) =>
        Empty(text) is null || (text!.Length <= 500 && Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == "https" || (uri.Scheme == "http" && OAuthAddresses.IsLoopback(uri.Host))) && uri.UserInfo.Length == 0 && uri.Fragment.Length == 0)
            ? null
            : Wrong(field, "has to be an address that begins with https:// (http:// on this machine only), without user name and fragment");

    private static string? Empty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    private static string Shown(string text) => text.Length <= 100 ? text : text[..100] + "...";

    private static Failure Wrong(string field, string reason) => new(FailureKind.Unprocessable, "value", $"{field} {reason}.", field);
}
