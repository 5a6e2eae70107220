using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Salus.Kernel;

namespace Salus.Records.Sealing;

/// <summary>Where a sealed value stands; it opens nowhere else.</summary>
internal readonly record struct SealPlace(Tenant Tenant, string Type, string Id)
{
    /// <summary>The associated data: whatever of it differs, the tag does not fit. The hash is in it because the index is made of it.</summary>
    public byte[] Bind(string path, string hash) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"salus sealed 1\n{Tenant.Number}\n{Type}\n{Id}\n{path}\n{hash}"));
}

/// <summary>A sealed value cannot be opened. The message names the resource and the key, never a value.</summary>
internal sealed class UnsealedException(string message) : IOException(message);

/// <summary>AES-256-GCM with a random nonce of 96 bits (NIST SP 800-38D, 8.2.2: at most 2^32 values with one key).</summary>
internal static class SealCipher
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <returns>Nonce, ciphertext, tag.</returns>
    public static byte[] Seal(SealKey key, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> place)
    {
        var secret = new byte[NonceBytes + plain.Length + TagBytes];
        RandomNumberGenerator.Fill(secret.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(key.Secret, TagBytes);
        aes.Encrypt(secret.AsSpan(0, NonceBytes), plain, secret.AsSpan(NonceBytes, plain.Length), secret.AsSpan(NonceBytes + plain.Length), place);
        return secret;
    }

    /// <summary>The plain bytes; null when the key, the place or a bit of the secret is another one.</summary>
    public static byte[]? Open(SealKey key, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> place)
    {
        var length = secret.Length - NonceBytes - TagBytes;
        if (length < 0)
        {
            return null;
        }

        var plain = new byte[length];
        using var aes = new AesGcm(key.Secret, TagBytes);
        try
        {
            aes.Decrypt(secret[..NonceBytes], secret.Slice(NonceBytes, length), secret[^TagBytes..], plain, place);
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}
