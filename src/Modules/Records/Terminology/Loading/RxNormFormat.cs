using System.Text.RegularExpressions;
using Salus.Kernel;
using Salus.Records.Terminology.Content;

namespace Salus.Records.Terminology.Loading;

/// <summary>
/// The RxNorm release in RRF (https://www.nlm.nih.gov/research/umls/rxnorm/docs/techdoc.html): concepts and names from RXNCONSO, relations from RXNREL,
/// attributes from RXNSAT, of the source RXNORM itself. Other vocabularies in these files have licences of their own and are left out.
/// </summary>
internal sealed partial class RxNormFormat : TerminologyFormat
{
    private const string Source = "RXNORM";

    // Which name of a concept is its display: the normalized one by term type, before names for people and synonyms.
    private static readonly string[] FurtherNames = ["PSN", "SY", "TMSY", "ET"];

    public override string Name => "rxnorm";

    public override string Needs => "the full release as it is downloaded, such as RxNorm_full_01022024.zip, or its folder rrf";

    public override Outcome<SystemHeader> Describe(SourceFiles files, string? version)
    {
        if (Table(files, "RXNCONSO") is null)
        {
            return Missing(files, "RXNCONSO.RRF");
        }

        version ??= files.Given.Select(g => Release().Match(Path.GetFileName(g.TrimEnd('/', '\\')))).FirstOrDefault(m => m.Success)?.Groups[1].Value;
        return version is null ? NoVersion("01022024") : new SystemHeader("http://www.nlm.nih.gov/research/umls/rxnorm", version)
        {
            Name = "RxNorm",
            Title = "RxNorm",
            Language = "en",
            Properties = new Dictionary<string, string> { ["TTY"] = "code", ["SUPPRESS"] = "code" },
        };
    }

    public override IEnumerable<SourceFile> Uses(SourceFiles files) => Present(Table(files, "RXNCONSO"), Table(files, "RXNREL"), Table(files, "RXNSAT"));

    public override IEnumerable<NewConcept> Read(SourceFiles files, SystemHeader header)
    {
        var (parents, properties) = (new Dictionary<string, List<string>>(StringComparer.Ordinal), new Dictionary<string, List<KeyValuePair<string, PropertyValue>>>(StringComparer.Ordinal));
        Relations(files, parents, properties);
        Attributes(files, properties);
        var names = new Dictionary<string, List<Atom>>(StringComparer.Ordinal);
        foreach (var row in Lines.Split(Table(files, "RXNCONSO")!, '|', 17, header: false).Where(r => r[11] == Source))
        {
            At(names, row[0]).Add(new Atom(row[12], row[14], row[16]));
        }

        foreach (var (code, atoms) in names)
        {
            yield return Concept(code, atoms, parents.GetValueOrDefault(code, []), properties.GetValueOrDefault(code, []));
        }
    }

    private static NewConcept Concept(string code, List<Atom> atoms, List<string> parents, List<KeyValuePair<string, PropertyValue>> properties)
    {
        var main = atoms.OrderBy(a => Array.IndexOf(FurtherNames, a.Type)).ThenBy(a => a.Suppress == "N" ? 0 : 1).First();
        return new NewConcept(code, main.Text)
        {
            // O: obsolete (technical documentation, SUPPRESS).
            Inactive = atoms.TrueForAll(a => a.Suppress == "O"),
            Parents = parents,
            Properties = [Property("TTY", "code", main.Type), Property("SUPPRESS", "code", main.Suppress), .. properties],
            Designations = [.. atoms.Where(a => a != main).Select(a => new Designation("en", "http://www.nlm.nih.gov/research/umls/rxnorm", a.Type, a.Text)).Distinct()],
        };
    }

    // RELA is what the second concept is to the first: "RXCUI2 isa RXCUI1".
    private static void Relations(SourceFiles files, Dictionary<string, List<string>> parents, Dictionary<string, List<KeyValuePair<string, PropertyValue>>> properties)
    {
        if (Table(files, "RXNREL") is not { } file)
        {
            return;
        }

        foreach (var row in Lines.Split(file, '|', 15, header: false).Where(r => r[10] == Source && r[7].Length > 0 && r[0].Length > 0 && r[4].Length > 0))
        {
            if (row[7] == "isa")
            {
                At(parents, row[4]).Add(row[0]);
            }
            else if (row[7] != "inverse_isa")
            {
                At(properties, row[4]).Add(Property(row[7], "code", row[0]));
            }
        }
    }

    private static void Attributes(SourceFiles files, Dictionary<string, List<KeyValuePair<string, PropertyValue>>> properties)
    {
        if (Table(files, "RXNSAT") is not { } file)
        {
            return;
        }

        foreach (var row in Lines.Split(file, '|', 12, header: false).Where(r => r[9] == Source && r[0].Length > 0))
        {
            At(properties, row[0]).Add(Property(row[8], "string", row[10]));
        }
    }

    private static SourceFile? Table(SourceFiles files, string name) => files.Find(n => n.Equals($"{name}.RRF", StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex("(?i)rxnorm.*?([0-9]{8})")]
    private static partial Regex Release();

    private sealed record Atom(string Type, string Text, string Suppress);
}
