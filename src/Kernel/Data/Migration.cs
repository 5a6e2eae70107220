using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Salus.Kernel;

/// <summary>One migration file.</summary>
/// <param name="Number">Its place in the order.</param>
/// <param name="Name">File name without the extension, such as <c>0001_log</c>.</param>
/// <param name="Sql">The whole text.</param>
internal sealed partial record Migration(int Number, string Name, string Sql)
{
    private const string OutsideTransaction = "-- no transaction";

    /// <summary>Hash of the text, the same whatever line ends a checkout made.</summary>
    public string Sha256 { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));

    /// <summary>False for a file whose first line opts out, such as one that creates an index concurrently.</summary>
    public bool Transactional => !Sql.TrimStart('\uFEFF').StartsWith(OutsideTransaction, StringComparison.Ordinal);

    /// <summary>The files of a module, in order.</summary>
    /// <exception cref="InvalidOperationException">Two have one number, or a name is not NNNN_name.sql: a mistake in the program.</exception>
    public static IReadOnlyList<Migration> Of(MigrationSet set)
    {
        if (!ModuleName().IsMatch(set.Module))
        {
            throw new InvalidOperationException($"'{set.Module}' is not a module name: lower-case letters, digits, underscores.");
        }

        var files = set.Assembly.GetManifestResourceNames()
            .Where(n => n.Contains(".Migrations.", StringComparison.Ordinal) && n.EndsWith(".sql", StringComparison.Ordinal))
            .Select(n => Read(set, n)).OrderBy(m => m.Number).ToList();
        var twice = files.GroupBy(m => m.Number).FirstOrDefault(g => g.Count() > 1);
        return twice is null ? files : throw new InvalidOperationException($"Migrations of {set.Module} share a number: {string.Join(", ", twice.Select(m => m.Name))}.");
    }

    private static Migration Read(MigrationSet set, string resource)
    {
        var name = resource[(resource.LastIndexOf(".Migrations.", StringComparison.Ordinal) + ".Migrations.".Length)..^".sql".Length];
        if (!FileName().IsMatch(name))
        {
            throw new InvalidOperationException($"'{name}.sql' of {set.Module} has to be named NNNN_name.sql.");
        }

        using var reader = new StreamReader(set.Assembly.GetManifestResourceStream(resource)!);
        return new Migration(int.Parse(name[..4], System.Globalization.CultureInfo.InvariantCulture), name, reader.ReadToEnd());
    }

    [GeneratedRegex("^[a-z][a-z0-9_]{0,40}$")]
    private static partial Regex ModuleName();

    [GeneratedRegex("^[0-9]{4}_[a-z0-9_]+$")]
    private static partial Regex FileName();
}
