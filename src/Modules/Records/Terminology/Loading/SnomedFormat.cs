using System.Text.RegularExpressions;
using Salus.Kernel;
using Salus.Records.Terminology.Content;

namespace Salus.Records.Terminology.Loading;

/// <summary>
/// A SNOMED CT edition in RF2 (https://confluence.ihtsdotools.org/display/DOCRELFMT): the Snapshot files of concepts, descriptions and relationships, and
/// the language reference sets when they are there. Properties as in http://hl7.org/fhir/R4/snomedct.html.
/// </summary>
internal sealed partial class SnomedFormat : TerminologyFormat
{
    private const string System = "http://snomed.info/sct";
    private const string IsA = "116680003";
    private const string FullySpecifiedName = "900000000000003001";
    private const string Preferred = "900000000000548007";
    private const string Defined = "900000000000073002";
    private const string Inferred = "900000000000011006";
    private const string InternationalModule = "900000000000207008";

    public override string Name => "snomed";

    public override string Needs => "an edition in RF2 as it is downloaded (.zip), or its folder Snapshot";

    public override Outcome<SystemHeader> Describe(SourceFiles files, string? version)
    {
        if (Concepts(files) is not { } file || Relationships(files) is null || !Descriptions(files).Any())
        {
            return Missing(files, "Snapshot of concepts, descriptions and relationships (sct2_Concept_..., sct2_Description_..., sct2_Relationship_...)");
        }

        version ??= Edition().Match(file.FileName) is { Success: true } edition ? $"{System}/{InternationalModule}/version/{edition.Groups[1].Value}" : null;
        return version is null ? NoVersion($"{System}/731000124108/version/20240301 (the module of the edition and its date)") : new SystemHeader(System, version)
        {
            Name = "SNOMED_CT",
            Title = "SNOMED Clinical Terms (SNOMED CT)",
            Properties = new Dictionary<string, string> { ["inactive"] = "boolean", ["sufficientlyDefined"] = "boolean", ["moduleId"] = "code" },
        };
    }

    public override IEnumerable<SourceFile> Uses(SourceFiles files) => Present([Concepts(files), Relationships(files), .. Descriptions(files), .. Languages(files)]);

    public override IEnumerable<NewConcept> Read(SourceFiles files, SystemHeader header)
    {
        var preferred = PreferredDescriptions(files);
        var names = Names(files);
        var (parents, attributes) = Relations(files);
        foreach (var row in Lines.Split(Concepts(files)!, '\t', 5, header: true))
        {
            var own = names.GetValueOrDefault(row[0], []);
            // The preferred synonym; without a language reference set the first one, then the fully specified name.
            var display = own.Find(n => !n.Full && preferred.Contains(n.Id)) ?? own.Find(n => !n.Full) ?? own.Find(n => n.Full);
            yield return new NewConcept(row[0], display?.Term)
            {
                Inactive = row[2] != "1",
                Parents = parents.GetValueOrDefault(row[0], []),
                Properties =
                [
                    Property("inactive", "boolean", row[2] == "1" ? "false" : "true"), Property("sufficientlyDefined", "boolean", row[4] == Defined ? "true" : "false"),
                    Property("moduleId", "code", row[3]), .. attributes.GetValueOrDefault(row[0], []),
                ],
                Designations = [.. own.Select(n => new Designation(n.Language, System, n.Full ? FullySpecifiedName : "900000000000013009", n.Term))],
            };
        }
    }

    private static Dictionary<string, List<Named>> Names(SourceFiles files)
    {
        var names = new Dictionary<string, List<Named>>(StringComparer.Ordinal);
        foreach (var row in Descriptions(files).SelectMany(f => Lines.Split(f, '\t', 9, header: true)).Where(r => r[2] == "1"))
        {
            At(names, row[4]).Add(new Named(row[0], row[5], row[6] == FullySpecifiedName, row[7]));
        }

        return names;
    }

    private static HashSet<string> PreferredDescriptions(SourceFiles files) =>
    [
        .. Languages(files).SelectMany(f => Lines.Split(f, '\t', 7, header: true)).Where(r => r[2] == "1" && r[6] == Preferred).Select(r => r[5]),
    ];

    private static (Dictionary<string, List<string>> Parents, Dictionary<string, List<KeyValuePair<string, PropertyValue>>> Attributes) Relations(SourceFiles files)
    {
        var (parents, attributes) = (new Dictionary<string, List<string>>(StringComparer.Ordinal), new Dictionary<string, List<KeyValuePair<string, PropertyValue>>>(StringComparer.Ordinal));
        foreach (var row in Lines.Split(Relationships(files)!, '\t', 10, header: true).Where(r => r[2] == "1" && r[8] == Inferred))
        {
            if (row[7] == IsA)
            {
                At(parents, row[4]).Add(row[5]);
            }
            else
            {
                At(attributes, row[4]).Add(Property(row[7], "code", row[5]));
            }
        }

        return (parents, attributes);
    }

    private static SourceFile? Concepts(SourceFiles files) => files.Find(n => IsSnapshot(n, "sct2_Concept_"));

    private static SourceFile? Relationships(SourceFiles files) => files.Find(n => IsSnapshot(n, "sct2_Relationship_"));

    private static IEnumerable<SourceFile> Descriptions(SourceFiles files) => files.FindAll(n => IsSnapshot(n, "sct2_Description_"));

    private static IEnumerable<SourceFile> Languages(SourceFiles files) => files.FindAll(n => IsSnapshot(n, "der2_cRefset_Language"));

    private static bool IsSnapshot(string name, string start) => name.StartsWith(start, StringComparison.OrdinalIgnoreCase) && name.Contains("Snapshot", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex("(?i)_INT_([0-9]{8})")]
    private static partial Regex Edition();

    private sealed record Named(string Id, string Language, bool Full, string Term);
}
