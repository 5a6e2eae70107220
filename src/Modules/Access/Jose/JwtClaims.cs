using System.Text.Json;

namespace Salus.Access.Jose;

/// <summary>The claims of a token (RFC 7519, section 4).</summary>
internal sealed class JwtClaims(JsonElement json)
{
    // The last second of the year 9999.
    private const double Latest = 253_402_300_799;

    public string? Issuer => json.Text("iss");

    public string? Subject => json.Text("sub");

    public string? Id => json.Text("jti");

    public DateTimeOffset? Expires => Time("exp");

    /// <summary>RFC 7519, section 4.1.3: one text or several.</summary>
    public IReadOnlyList<string> Audience => !json.TryGetProperty("aud", out var aud) ? [] : aud.ValueKind switch
    {
        JsonValueKind.String => json.Text("aud") is { } one ? [one] : [],
        JsonValueKind.Array => [.. aud.EnumerateArray().Where(a => a.ValueKind == JsonValueKind.String).Select(a => a.GetString()!)],
        _ => [],
    };

    public string? Text(string name) => json.Text(name);

    public bool Has(string name) => json.TryGetProperty(name, out _);

    public int? Number(string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;

    /// <summary>A NumericDate: seconds since 1970, perhaps with a fraction; null when it is missing or no time.</summary>
    public DateTimeOffset? Time(string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) && seconds is >= 0 and <= Latest
            ? DateTimeOffset.UnixEpoch.AddSeconds(Math.Floor(seconds))
            : null;
}
