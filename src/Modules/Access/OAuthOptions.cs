using System.ComponentModel.DataAnnotations;

namespace Salus.Access;

/// <summary>Apps: OAuth, OpenID Connect, SMART App Launch. Section <c>Salus:Access:OAuth</c>.</summary>
public sealed class OAuthOptions : IValidatableObject
{
    /// <summary>
    /// The address under which apps reach Salus, such as <c>https://salus.example.org</c>: the <c>iss</c> of every token. Without it apps are served on the loopback address only,
    /// because whoever calls could otherwise choose the issuer by the Host header. Default none.
    /// </summary>
    public string? Issuer { get; set; }

    /// <summary>Life of an access token, minutes. Default 15.</summary>
    [Range(1, 60)]
    public int AccessTokenMinutes { get; set; } = 15;

    /// <summary>Life of a refresh token, and of all that follow it, days. Default 7.</summary>
    [Range(1, 90)]
    public int RefreshTokenDays { get; set; } = 7;

    /// <summary>How long a key signs, days. Default 30.</summary>
    [Range(1, 366)]
    public int KeyDays { get; set; } = 30;

    /// <summary>How long a key is published before it signs, hours. Default 24.</summary>
    [Range(1, 720)]
    public int KeyAheadHours { get; set; } = 24;

    /// <summary>After how long at most a revoked token, a disabled app or a locked account is noticed by every process, seconds. Default 2.</summary>
    [Range(0, 30)]
    public int RevocationSeconds { get; set; } = 2;

    /// <summary>How long the user may take to answer the question of an app, minutes. Default 10.</summary>
    [Range(1, 60)]
    public int ConsentMinutes { get; set; } = 10;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        // RFC 8414, section 2: https, without query and fragment. http on this machine, to try it.
        if (Issuer is { Length: > 0 } text && (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || !(uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))
            || uri.Query.Length > 0 || uri.Fragment.Length > 0 || uri.UserInfo.Length > 0))
        {
            yield return new ValidationResult("it has to be an address that begins with https:// (http:// on this machine only), without user name, query and fragment", [nameof(Issuer)]);
        }
    }
}
