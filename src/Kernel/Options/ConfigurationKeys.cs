using System.Collections;
using Microsoft.Extensions.Configuration;

namespace Salus.Kernel;

/// <summary>Finds keys below <c>Salus:</c> that nobody reads: a misspelled limit that is passed over in silence is no limit.</summary>
internal static class ConfigurationKeys
{
    /// <exception cref="CannotStartException">There is such a key; the message names it and the nearest that is known.</exception>
    public static void Check(IConfiguration configuration, IReadOnlyCollection<KnownOptions> known)
    {
        var names = known.SelectMany(k => k.Type.GetProperties(), (k, p) => (Key: $"{k.Section}:{p.Name}", Open: IsOpen(p.PropertyType)))
            .DistinctBy(n => n.Key, StringComparer.OrdinalIgnoreCase).ToDictionary(n => n.Key, n => n.Open, StringComparer.OrdinalIgnoreCase);
        foreach (var root in known.Select(k => k.Section.Split(':')[0]).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            Check(configuration.GetSection(root), known, names);
        }
    }

    private static void Check(IConfigurationSection section, IReadOnlyCollection<KnownOptions> known, Dictionary<string, bool> names)
    {
        foreach (var child in section.GetChildren())
        {
            if (known.Any(k => IsAtOrAbove(child.Path, k.Section)))
            {
                Check(child, known, names);
            }
            else if (!names.TryGetValue(child.Path, out var open) || (!open && child.GetChildren().Any()))
            {
                throw Unknown(Leaf(child), names.Keys);
            }
        }
    }

    private static string Leaf(IConfigurationSection section) => section.GetChildren().FirstOrDefault() is { } child ? Leaf(child) : section.Path;

    // A list or a dictionary has keys of its own below it.
    private static bool IsOpen(Type type) => type != typeof(string) && typeof(IEnumerable).IsAssignableFrom(type);

    private static bool IsAtOrAbove(string path, string section) =>
        section.StartsWith(path, StringComparison.OrdinalIgnoreCase) && (section.Length == path.Length || section[path.Length] == ':');

    private static CannotStartException Unknown(string key, IEnumerable<string> names)
    {
        var nearest = names.Order(StringComparer.Ordinal).MinBy(n => Distance(key, n))!;
        return new CannotStartException(
            $"{key} is no setting of Salus; the nearest is {nearest}. Correct it or leave it out (appsettings.json, --{key}=..., or the variable {key.Replace(":", "__", StringComparison.Ordinal)}).");
    }

    // Letters to insert, delete or replace, whatever their case.
    private static int Distance(string a, string b)
    {
        var before = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 0; i < a.Length; i++)
        {
            var row = new int[b.Length + 1];
            row[0] = i + 1;
            for (var j = 0; j < b.Length; j++)
            {
                var same = char.ToUpperInvariant(a[i]) == char.ToUpperInvariant(b[j]);
                row[j + 1] = Math.Min(Math.Min(row[j], before[j + 1]) + 1, before[j] + (same ? 0 : 1));
            }

            before = row;
        }

        return before[^1];
    }
}

/// <summary>An options class and the section that it is read from.</summary>
internal sealed record KnownOptions(IConfiguration Configuration, string Section, Type Type);
