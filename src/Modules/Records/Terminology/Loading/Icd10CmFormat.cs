using System.Text.RegularExpressions;
using Salus.Kernel;
using Salus.Records.Terminology.Content;

namespace Salus.Records.Terminology.Loading;

/// <summary>
/// The ICD-10-CM order file of CMS (https://www.cms.gov/medicare/coding-billing/icd-10-codes): fixed columns, in the order of the tabular list. Order number
/// 1-5, code without point 7-13, 0 for a heading and 1 for a code that may be billed 15, short name 17-76, long name from 78.
/// </summary>
internal sealed partial class Icd10CmFormat : TerminologyFormat
{
    private const int CategoryLength = 3;

    public override string Name => "icd-10-cm";

    public override string Needs => "the order file, such as icd10cm-order-2021.txt (also .gz, or the .zip with it)";

    public override Outcome<SystemHeader> Describe(SourceFiles files, string? version)
    {
        if (Order(files) is not { } file)
        {
            return Missing(files, "file with 'order' in its name");
        }

        version ??= Year().Match(file.FileName) is { Success: true } year ? year.Value : null;
        return version is null ? NoVersion("2021") : new SystemHeader("http://hl7.org/fhir/sid/icd-10-cm", version)
        {
            Name = "ICD10CM",
            Title = "International Classification of Diseases, 10th Revision, Clinical Modification (ICD-10-CM)",
            Language = "en",
            Properties = new Dictionary<string, string> { ["billable"] = "boolean" },
        };
    }

    public override IEnumerable<SourceFile> Uses(SourceFiles files) => Present(Order(files));

    public override IEnumerable<NewConcept> Read(SourceFiles files, SystemHeader header)
    {
        var file = Order(files)!;
        // A code stands below the nearest one before it that it starts with.
        var above = new Stack<string>();
        foreach (var (number, line) in Lines.Of(file))
        {
            if (line.Trim().Length == 0)
            {
                continue;
            }

            if (line.Length < 78 || line[14] is not ('0' or '1') || line[6..14].Trim() is not { Length: >= CategoryLength } code)
            {
                throw Lines.Wrong(file, number, "is not of the order file: it needs a code in columns 7 to 13, 0 or 1 in column 15 and the long name from column 78");
            }

            while (above.TryPeek(out var last) && !(code.StartsWith(last, StringComparison.Ordinal) && code.Length > last.Length))
            {
                above.Pop();
            }

            var (shortName, longName) = (line[16..76].Trim(), line[77..].Trim());
            yield return new NewConcept(Dotted(code), longName)
            {
                Parents = above.TryPeek(out var parent) ? [Dotted(parent)] : [],
                Properties = [Property("billable", "boolean", line[14] == '1' ? "true" : "false")],
                Designations = shortName == longName ? [] : [new Designation("en", null, null, shortName)],
            };
            above.Push(code);
        }
    }

    private static SourceFile? Order(SourceFiles files) =>
        files.Find(n => n.Contains("order", StringComparison.OrdinalIgnoreCase) && !n.Contains("addenda", StringComparison.OrdinalIgnoreCase) && n.EndsWith(".txt", StringComparison.OrdinalIgnoreCase));

    // The file leaves out the point that codes are written with.
    private static string Dotted(string code) => code.Length > CategoryLength ? $"{code[..CategoryLength]}.{code[CategoryLength..]}" : code;

    [GeneratedRegex("(19|20)[0-9]{2}")]
    private static partial Regex Year();
}
