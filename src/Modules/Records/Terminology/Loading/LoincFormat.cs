using System.Text.RegularExpressions;
using Salus.Kernel;
using Salus.Records.Terminology.Content;

namespace Salus.Records.Terminology.Loading;

/// <summary>
/// The LOINC release (https://loinc.org/downloads): <c>LoincTable/Loinc.csv</c>; when they are there, the hierarchy by system
/// (<c>ComponentHierarchyBySystem.csv</c>) and the answer lists (<c>AnswerList.csv</c>). Properties as in http://hl7.org/fhir/R4/loinc.html.
/// </summary>
internal sealed partial class LoincFormat : TerminologyFormat
{
    private static readonly string[] Columns =
        ["COMPONENT", "PROPERTY", "TIME_ASPCT", "SYSTEM", "SCALE_TYP", "METHOD_TYP", "CLASS", "STATUS", "CLASSTYPE", "ORDER_OBS", "EXAMPLE_UCUM_UNITS", "VersionLastChanged"];

    private static readonly string[] Names = ["SHORTNAME", "DisplayName", "CONSUMER_NAME"];

    public override string Name => "loinc";

    public override string Needs => "the release as it is downloaded, such as Loinc_2.77.zip, or its Loinc.csv";

    public override Outcome<SystemHeader> Describe(SourceFiles files, string? version)
    {
        if (Table(files) is null)
        {
            return Missing(files, "Loinc.csv");
        }

        version ??= files.Given.Concat(files.Files.Select(f => f.Name)).Select(n => Release().Match(Path.GetFileName(n))).FirstOrDefault(m => m.Success)?.Groups[1].Value;
        return version is null ? NoVersion("2.77") : new SystemHeader("http://loinc.org", version)
        {
            Name = "LOINC",
            Title = "Logical Observation Identifiers, Names and Codes (LOINC)",
            // The language that the shorter names are marked with, so that none of them goes before the long one.
            Language = "en-US",
            // R4: LOINC codes are case-insensitive.
            CaseSensitive = false,
            Properties = Columns.Select(c => KeyValuePair.Create(c, "string")).Append(new("answer-list", "code")).ToDictionary(),
        };
    }

    public override IEnumerable<SourceFile> Uses(SourceFiles files) => Present(Table(files), HierarchyTable(files), AnswerTable(files));

    public override IEnumerable<NewConcept> Read(SourceFiles files, SystemHeader header)
    {
        var parents = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var part in Hierarchy(files, parents))
        {
            yield return part;
        }

        foreach (var row in Lines.Csv(Table(files)!))
        {
            yield return Term(row, parents);
        }

        foreach (var answer in Answers(files))
        {
            yield return answer;
        }
    }

    private static NewConcept Term(CsvRow row, Dictionary<string, List<string>> parents)
    {
        var code = row["LOINC_NUM"];
        return new NewConcept(code, row["LONG_COMMON_NAME"])
        {
            Inactive = row["STATUS"] == "DEPRECATED",
            Parents = parents.GetValueOrDefault(code, []),
            Properties = [.. Columns.Where(c => row.Has(c) && row[c].Length > 0).Select(c => Property(c, "string", row[c]))],
            Designations = [.. Names.Where(n => row.Has(n) && row[n].Length > 0).Select(n => new Designation("en-US", "http://loinc.org", n, row[n]))],
        };
    }

    // A code has a row for each place in the hierarchy; the parts (LP...) are concepts of their own, for grouping.
    private static List<NewConcept> Hierarchy(SourceFiles files, Dictionary<string, List<string>> parents)
    {
        var parts = new Dictionary<string, (string Text, List<string> Parents)>(StringComparer.Ordinal);
        if (HierarchyTable(files) is { } file)
        {
            foreach (var row in Lines.Csv(file))
            {
                var (code, parent) = (row["CODE"], row["IMMEDIATE_PARENT"]);
                var above = parents.TryGetValue(code, out var known) ? known : parents[code] = [];
                if (parent.Length > 0 && !above.Contains(parent))
                {
                    above.Add(parent);
                }

                if (code.StartsWith("LP", StringComparison.Ordinal))
                {
                    parts.TryAdd(code, (row["CODE_TEXT"], above));
                }
            }
        }

        return [.. parts.Select(p => new NewConcept(p.Key, p.Value.Text) { Abstract = true, Parents = p.Value.Parents })];
    }

    // Lists (LL...) group answers (LA...); an answer can be in several lists.
    private static List<NewConcept> Answers(SourceFiles files)
    {
        var lists = new Dictionary<string, string>(StringComparer.Ordinal);
        var answers = new Dictionary<string, (string Text, HashSet<string> Lists)>(StringComparer.Ordinal);
        if (AnswerTable(files) is { } file)
        {
            foreach (var row in Lines.Csv(file))
            {
                lists.TryAdd(row["AnswerListId"], row["AnswerListName"]);
                if (row["AnswerStringId"] is { Length: > 0 } answer)
                {
                    (answers.TryGetValue(answer, out var known) ? known : answers[answer] = (row["DisplayText"], [])).Lists.Add(row["AnswerListId"]);
                }
            }
        }

        return
        [
            .. lists.Select(l => new NewConcept(l.Key, l.Value) { Abstract = true }),
            .. answers.Select(a => new NewConcept(a.Key, a.Value.Text) { Properties = [.. a.Value.Lists.Select(l => Property("answer-list", "code", l))] }),
        ];
    }

    private static SourceFile? Table(SourceFiles files) => files.Find(n => n.Equals("Loinc.csv", StringComparison.OrdinalIgnoreCase));

    private static SourceFile? HierarchyTable(SourceFiles files) => files.Find(n => n.Equals("ComponentHierarchyBySystem.csv", StringComparison.OrdinalIgnoreCase));

    private static SourceFile? AnswerTable(SourceFiles files) => files.Find(n => n.Equals("AnswerList.csv", StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex("(?i)loinc[_-]?([0-9]+\\.[0-9]+)")]
    private static partial Regex Release();
}
