using System.Security.Cryptography;
using System.Text;

namespace Salus.Records.Sealing;

/// <summary>A secret of 256 bits with its name. Never logged: <see cref="ToString"/> has the name alone.</summary>
internal sealed record SealKey(string Id, byte[] Secret)
{
    public const int Bytes = 32;

    /// <summary>Shows that a key is the one that bore this name before, and tells nothing of it.</summary>
    public string Proof(string purpose) => Convert.ToHexStringLower(HMACSHA256.HashData(Secret, Encoding.UTF8.GetBytes($"salus seal {purpose} {Id}"))[..16]);

    public override string ToString() => Id;

    public static SealKey New(string id) => new(id, RandomNumberGenerator.GetBytes(Bytes));
}

/// <summary>The keys: the last of each seals, or hashes, what is written; all open, and all are searched by. Immutable; safe for all threads.</summary>
internal sealed record KeyRing(IReadOnlyList<SealKey> Values, IReadOnlyList<SealKey> Hashes)
{
    public const string ForValues = "value";
    public const string ForHashes = "hash";

    private const int HashBytes = 16;

    public SealKey Newest => Values[^1];

    public SealKey? Find(string id) => Values.FirstOrDefault(k => k.Id == id);

    public IEnumerable<(string Purpose, SealKey Key)> All => Values.Select(k => (ForValues, k)).Concat(Hashes.Select(k => (ForHashes, k)));

    /// <summary>The keyed hash that a value is found by, of what is written now.</summary>
    public string Hash(string text) => Hash(Hashes[^1], text);

    /// <summary>Those that it may have in the index, the newest first.</summary>
    public IEnumerable<string> HashesOf(string text) => Hashes.Reverse().Select(k => Hash(k, text));

    // As the index keeps codes: what is equal there is equal here. 128 bits, in base64url, which no word needs quoted.
    private static string Hash(SealKey key, string text) =>
        System.Buffers.Text.Base64Url.EncodeToString(HMACSHA256.HashData(key.Secret, Encoding.UTF8.GetBytes(Storage.Lexeme.Clean(text))).AsSpan(0, HashBytes));

    public static bool IsId(string id) => id.Length is > 0 and <= 32 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.');
}
