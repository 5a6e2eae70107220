using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Salus.Access.Accounts.SecondFactors;

/// <summary>Codes of an authenticator app: RFC 6238 with HMAC-SHA-1, six digits, steps of 30 s, which is what every such app does.</summary>
internal static class Totp
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const int Step = 30;
    // Clocks of telephones and the time to type: one step either way (RFC 6238, section 5.2).
    private const int Window = 1;

    public static long StepAt(DateTimeOffset time) => time.ToUnixTimeSeconds() / Step;

    public static string Code(byte[] secret, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> hash = stackalloc byte[20];
#pragma warning disable CA5350 // The algorithm of the standard; its weakness (collisions) does not matter in an HMAC.
        HMACSHA1.HashData(secret, counter, hash);
#pragma warning restore CA5350
        var truncated = BinaryPrimitives.ReadInt32BigEndian(hash[(hash[^1] & 15)..]) & int.MaxValue;
        return (truncated % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    /// <summary>The step whose code it is; null when it is none of now.</summary>
    public static long? Match(byte[] secret, string code, DateTimeOffset now)
    {
        var sent = Encoding.UTF8.GetBytes(string.Concat(code.Where(c => !char.IsWhiteSpace(c))));
        long? found = null;
        for (var step = StepAt(now) - Window; step <= StepAt(now) + Window; step++)
        {
            if (CryptographicOperations.FixedTimeEquals(sent, Encoding.UTF8.GetBytes(Code(secret, step))))
            {
                found = step;
            }
        }

        return found;
    }

    /// <summary>RFC 4648, section 6, without padding.</summary>
    public static string Base32(byte[] bytes)
    {
        var text = new StringBuilder();
        int buffer = 0, bits = 0;
        foreach (var value in bytes)
        {
            buffer = (buffer << 8) | value;
            for (bits += 8; bits >= 5; bits -= 5)
            {
                text.Append(Alphabet[(buffer >> (bits - 5)) & 31]);
            }

            buffer &= (1 << bits) - 1;
        }

        return bits == 0 ? text.ToString() : text.Append(Alphabet[(buffer << (5 - bits)) & 31]).ToString();
    }

    /// <summary>What the app reads from the QR code.</summary>
    public static string Uri(string userName, byte[] secret) =>
        $"otpauth://totp/Salus:{System.Uri.EscapeDataString(userName)}?secret={Base32(secret)}&issuer=Salus";
}
