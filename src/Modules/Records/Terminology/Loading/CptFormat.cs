using System.Text.RegularExpressions;
using Salus.Kernel;
using Salus.Records.Terminology.Content;

namespace Salus.Records.Terminology.Loading;

/// <summary>
/// CPT as its licensees have it: a delimited text (tab, comma or vertical bar) whose first line names the columns, among them the code and at least one
/// description; or one without such a line, where the code is followed by its description.
/// </summary>
internal sealed partial class CptFormat : TerminologyFormat
{
    private static readonly string[] CodeColumns = ["CPT Code", "CPTCode", "Code", "CPT"];
    private static readonly string[] LongColumns = ["Long", "Long Description", "LongDescription", "Long Descriptor", "Description", "Descriptor"];
    private static readonly string[] FurtherColumns = ["Medium", "Medium Description", "Medium Descriptor", "Short", "Short Description", "Short Descriptor", "Consumer", "Consumer Descriptor"];

    public override string Name => "cpt";

    public override string Needs => "a delimited text with a code and its description, and --version, the year";

    public override Outcome<SystemHeader> Describe(SourceFiles files, string? version) => files.Files.Count != 1 ? Missing(files, "single text file")
        : version is null ? NoVersion("2024")
        : new SystemHeader("http://www.ama-assn.org/go/cpt", version) { Name = "CPT", Title = "Current Procedural Terminology (CPT)", Language = "en" };

    public override IEnumerable<SourceFile> Uses(SourceFiles files) => files.Files;

    public override IEnumerable<NewConcept> Read(SourceFiles files, SystemHeader header)
    {
        var file = files.Files[0];
        var first = Lines.Of(file).Select(l => l.Text).FirstOrDefault(t => t.Length > 0) ?? "";
        var separator = "\t|,".MaxBy(s => first.Count(c => c == s));
        return first.Split(separator).Select(c => c.Trim('"', ' ')).Any(c => CodeColumns.Contains(c, StringComparer.OrdinalIgnoreCase))
            ? Lines.Csv(file, separator).Select(row => Named(file, row))
            : Plain(file);
    }

    private static NewConcept Named(SourceFile file, CsvRow row)
    {
        var code = row[CodeColumns.First(row.Has)];
        if (!Code().IsMatch(code))
        {
            throw new InvalidDataException($"{file.Name}: '{code}' is not a CPT code: four digits and a digit or capital letter.");
        }

        var names = LongColumns.Concat(FurtherColumns).Where(c => row.Has(c) && row[c].Length > 0).Select(c => (Column: c, Text: row[c])).ToList();
        return names.Count == 0
            ? throw new InvalidDataException($"{file.Name}: '{code}' has no description. One of these columns is needed: {string.Join(", ", LongColumns.Concat(FurtherColumns))}.")
            : new NewConcept(code, names[0].Text) { Designations = [.. names.Skip(1).Select(n => new Designation("en", null, null, n.Text))] };
    }

    // Lines before the first code are a notice of the publisher.
    private static IEnumerable<NewConcept> Plain(SourceFile file)
    {
        foreach (var (number, text) in Lines.Of(file))
        {
            if (Line().Match(text) is { Success: true } match)
            {
                yield return new NewConcept(match.Groups[1].Value, match.Groups[2].Value.Trim().Trim('"'));
            }
            else if (text.Length > 5 && Code().IsMatch(text[..5]))
            {
                throw Lines.Wrong(file, number, "begins with a code that no separator and description follow");
            }
        }
    }

    [GeneratedRegex("^[0-9]{4}[0-9A-Z]$")]
    private static partial Regex Code();

    [GeneratedRegex("^\"?([0-9]{4}[0-9A-Z])\"?(?:[\\t|,]| +)\\s*(\\S.*)$")]
    private static partial Regex Line();
}
