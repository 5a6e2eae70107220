using System.Text.Json;
using Salus.Kernel;

namespace Salus.Records.Sealing;

/// <summary>
/// The file with the keys: <c>{"values": [{"id": "k1", "key": "base64"}], "hashes": [...]}</c>, the newest last. Only the account of Salus may read it. It is replaced as a whole, so a
/// process that is killed leaves the old one or the new one.
/// </summary>
internal sealed class KeyFile(string path)
{
    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private sealed record Entry(string Id, string Key);

    private sealed record Content(IReadOnlyList<Entry>? Values, IReadOnlyList<Entry>? Hashes);

    public string Path => path;

    public bool Exists => File.Exists(path);

    /// <summary>Changes with every change of the file.</summary>
    public long Stamp => File.Exists(path) ? File.GetLastWriteTimeUtc(path).Ticks : 0;

    /// <exception cref="CannotStartException">It is not there, is no such file, or others may read it.</exception>
    public KeyRing Read()
    {
        try
        {
            var bytes = PrivateFile.Read(path, out var open);
            if (open != UnixFileMode.None)
            {
                throw new CannotStartException($"The key file {path} can be read or changed by others. Take that away (chmod 600 {path}); if somebody may have read it, add a new key as well: salus keys rotate.");
            }

            var content = JsonSerializer.Deserialize<Content>(bytes, Form);
            return new KeyRing(Keys(content?.Values, "values"), Keys(content?.Hashes, "hashes"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new CannotStartException($"The key file {path} cannot be read: {(e is JsonException ? "it is no JSON of the form {\"values\": [{\"id\", \"key\"}], \"hashes\": [...]}." : e.Message)} Bring it back from its backup.", e);
        }
    }

    /// <exception cref="CannotStartException">It cannot be written.</exception>
    public void Write(KeyRing ring)
    {
        static Entry[] Entries(IEnumerable<SealKey> keys) => [.. keys.Select(k => new Entry(k.Id, Convert.ToBase64String(k.Secret)))];
        try
        {
            PrivateFolder.Make(System.IO.Path.GetDirectoryName(path)!);
            PrivateFile.Replace(path, JsonSerializer.SerializeToUtf8Bytes(new Content(Entries(ring.Values), Entries(ring.Hashes)), Form));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CannotStartException($"The key file {path} cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Keys of the environment: <c>id:base64 id:base64</c>.</summary>
    /// <exception cref="CannotStartException">They are not of that form; the message has no key in it.</exception>
    public static IReadOnlyList<SealKey> Parse(string? text, string setting) => Keys(
        [.. (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(k => k.Split(':', 2)).Select(k => new Entry(k[0], k.Length == 2 ? k[1] : ""))], setting);

    private static SealKey[] Keys(IReadOnlyList<Entry>? entries, string where)
    {
        var keys = (entries ?? []).Select(e => Key(e, where)).ToArray();
        return keys.Length == 0 ? throw new CannotStartException($"{where} has no key. It takes at least one with an id and 32 random bytes in base64.")
            : keys.GroupBy(k => k.Id).FirstOrDefault(g => g.Count() > 1) is { } twice ? throw new CannotStartException($"{where} has two keys '{twice.Key}'. Each needs an id of its own.")
            : keys;
    }

    private static SealKey Key(Entry entry, string where)
    {
        var secret = new byte[SealKey.Bytes + 1];
        return KeyRing.IsId(entry.Id ?? "") && Convert.TryFromBase64String(entry.Key ?? "", secret, out var length) && length == SealKey.Bytes
            ? new SealKey(entry.Id!, secret[..SealKey.Bytes])
            : throw new CannotStartException($"{where} has a key that is none: an id of 1 to 32 letters, digits, '-' and '.', and 32 bytes in base64 are needed (openssl rand -base64 32).");
    }
}
