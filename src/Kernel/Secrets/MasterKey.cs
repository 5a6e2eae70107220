using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Salus.Kernel;

/// <summary>
/// The key that protects other keys at rest: from the environment, from a file, or made at the first start in the data folder. It never encrypts data itself;
/// keys for a purpose are derived from it (HKDF, RFC 5869, with SHA-256). Thread-safe. Ask after the database was started: the folder is known then.
/// </summary>
public sealed class MasterKey(MasterKeyOptions options, Database database, ILogger<MasterKey> log)
{
    private const int Size = 32;
    private const string FileName = "master.key";

    private readonly Lazy<Ring> ring = new(() => Load(options, database, log));

    /// <summary>The id of the key in use: 16 hexadecimal digits that say nothing about it.</summary>
    public string Id => ring.Value.Current;

    /// <summary>False where there is neither a setting nor a data folder: then it ends with this process, and what it protects must not be kept.</summary>
    public bool IsKept => ring.Value.Kept;

    /// <summary>Whether this key, or one before it, has that id.</summary>
    public bool Knows(string id) => ring.Value.Keys.ContainsKey(id);

    /// <summary>A key of 32 bytes for a purpose, the same each time.</summary>
    /// <param name="purpose">A name that no other use has.</param>
    /// <param name="id">Which master key; by default the one in use.</param>
    /// <exception cref="CryptographicException">There is no master key with that id.</exception>
    public byte[] Derive(string purpose, string? id = null) => ring.Value.Keys.TryGetValue(id ?? Id, out var key)
        ? Derive(key, purpose)
        : throw new CryptographicException($"This needs the master key {id}, which is neither in use nor among Salus:Keys:PreviousFiles.");

    private static byte[] Derive(byte[] key, string purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, key, Size, info: System.Text.Encoding.UTF8.GetBytes(purpose));

    private static Ring Load(MasterKeyOptions options, Database database, ILogger log)
    {
        var configured = SecretText.Read("Salus:Keys:Master", options.Master, options.MasterFile);
        var kept = configured is not null || database.Folder is not null;
        var current = configured is not null ? Parse(configured, options.MasterFile is { Length: > 0 } ? "Salus:Keys:MasterFile" : "Salus:Keys:Master")
            : database.Folder is { } folder ? OfFolder(folder) : RandomNumberGenerator.GetBytes(Size);
        if (!kept)
        {
            log.KeysInMemory();
        }

        var keys = new Dictionary<string, byte[]>(StringComparer.Ordinal) { [IdOf(current)] = current };
        foreach (var file in options.PreviousFiles)
        {
            var previous = Parse(SecretText.Read("Salus:Keys:Previous", null, file)!, "Salus:Keys:PreviousFiles");
            keys.TryAdd(IdOf(previous), previous);
        }

        return new Ring(IdOf(current), keys, kept);
    }

    private static byte[] OfFolder(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            // With an outside PostgreSQL nobody else has made it.
            PrivateFolder.Make(folder);
            if (!File.Exists(path))
            {
                PrivateFile.TryCreate(path, System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(Size)) + "\n"));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CannotStartException($"The master key {path} cannot be written: {e.Message} Let Salus write there, or give it a key with Salus:Keys:MasterFile.", e);
        }

        return Parse(SecretText.Read("Salus:Keys:Master", null, path)!, path);
    }

    private static byte[] Parse(string text, string source)
    {
        var bytes = new byte[Size + 1];
        return Convert.TryFromBase64String(text, bytes, out var written) && written == Size
            ? bytes[..Size]
            : throw new CannotStartException($"{source} is no master key: it has to be {Size} random bytes as base64. Make one with: openssl rand -base64 {Size}");
    }

    private static string IdOf(byte[] key) => Convert.ToHexStringLower(Derive(key, "salus/master/id"))[..16];

    private sealed record Ring(string Current, IReadOnlyDictionary<string, byte[]> Keys, bool Kept);
}
