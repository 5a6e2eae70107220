using System.Security.Cryptography;
using System.Text;
using Salus.Access.Jose;

namespace Salus.Access;

/// <summary>Random values that are shown once: cookies, links, codes, refresh tokens, secrets of clients. Only their hash is kept.</summary>
internal static class Secret
{
    /// <summary>256 random bits as base64url: 43 characters.</summary>
    public static string New() => StrictBase64Url.Encode(RandomNumberGenerator.GetBytes(32));

    /// <summary>Something that people copy by hand: letters and digits without those that look alike, about 5 random bits each.</summary>
    public static string NewCode(int length) => RandomNumberGenerator.GetString("23456789ABCDEFGHJKLMNPQRSTUVWXYZ", length);

    /// <summary>SHA-256. Enough for random values of 256 bits: there is no list of guesses to try.</summary>
    public static byte[] Hash(string value) => SHA256.HashData(Encoding.UTF8.GetBytes(value));

    /// <summary>Compares in a time that does not tell how much was right.</summary>
    public static bool Matches(string value, byte[] hash) => CryptographicOperations.FixedTimeEquals(Hash(value), hash);
}
