using System.Text;
using Salus.Kernel;

namespace Salus.Access.Jose;

/// <summary>A JSON Web Key Set (RFC 7517, section 5) of somebody who signs assertions.</summary>
internal static class PublicKeySet
{
    /// <summary>Largest set that is read, bytes.</summary>
    public const int MostBytes = 65_536;

    private const int MostKeys = 20;

    /// <summary>The keys that can be used; the others of a set are passed over, as RFC 7517, section 5 wants it. None that can is a failure.</summary>
    public static Outcome<IReadOnlyList<PublicKey>> Read(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        if (utf8.Length > MostBytes || StrictJson.Object(utf8) is not { } json || !json.TryGetProperty("keys", out var list) || list.ValueKind != System.Text.Json.JsonValueKind.Array
            || list.GetArrayLength() > MostKeys)
        {
            return Refuse($"is no JSON Web Key Set with at most {MostKeys} keys and {MostBytes} bytes");
        }

        var keys = list.EnumerateArray().Select(PublicKey.Read).OfType<PublicKey>().Where(k => JwsAlgorithms.OfClients.Contains(k.Algorithm)).ToList();
        if (keys.Count == 0)
        {
            return Refuse("has no public key with a kid for ES384 (EC, P-384) or RS384 (RSA, 2048 bits or more)");
        }

        // Two keys of one name: which one was meant is anybody's guess.
        return keys.DistinctBy(k => k.Id).Count() == keys.Count ? keys : Refuse("has two keys with the same kid");
    }

    private static Failure Refuse(string reason) => new(FailureKind.Invalid, "value", $"The key set {reason}.", "jwks");
}
