using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Salus.TestSupport;

/// <summary>
/// What made a fuzz test fail once, in a folder of the sources: a file each, that every later run tries again. SALUS_FUZZ_ROUNDS and SALUS_FUZZ_SEED run
/// more or other rounds.
/// </summary>
/// <param name="folder">Below the root of the sources.</param>
public sealed class Corpus(string folder)
{
    private readonly string folder = Path.Combine(Sources.Root, folder);

    /// <summary>The file names and texts of what is kept.</summary>
    public IEnumerable<(string Name, string Text)> Kept =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.txt").Order(StringComparer.Ordinal).Select(f => (Path.GetFileName(f), File.ReadAllText(f))) : [];

    /// <summary>Keeps a text that failed; returns its file.</summary>
    public string Keep(string text)
    {
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12] + ".txt");
        File.WriteAllText(file, text);
        return file;
    }

    public static int Rounds(int otherwise) => Setting("SALUS_FUZZ_ROUNDS", otherwise);

    public static int Seed(int otherwise) => Setting("SALUS_FUZZ_SEED", otherwise);

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
