using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Profiles;
using Salus.Fhir.Tests.Validation;

namespace Salus.Fhir.Tests.Profiles;

/// <summary>Snapshots made of base and differential are those that were published.</summary>
public sealed class SnapshotTests
{
    /// <summary>
    /// Where the published snapshots leave out what their differentials say (a binding beside an extension or in a slice), or repeat a profile of a type
    /// that R4 itself has there (SimpleQuantity).
    /// </summary>
    private static readonly string[] Known =
    [
        "us-core-provenance.agent:ProvenanceAuthor.type:", "us-core-provenance.agent:ProvenanceTransmitter.type:", "us-core-patient.extension:birthsex:",
        "us-core-medicationrequest.dosageInstruction.doseAndRate.dose[x]:", "us-core-medicationrequest.dosageInstruction.doseAndRate.rate[x]:",
    ];

    [DataFact("us-core")]
    public void Snapshots_made_from_differentials_are_those_of_US_Core()
    {
        var definitions = Guides.UsCore();
        var set = Guides.Set(definitions);
        var differences = new List<string>();
        var compared = 0;
        foreach (var url in definitions.Where(d => d.Type.Name == "StructureDefinition").Select(d => d.Root.Child("url"u8).AsString()!))
        {
            Compare(set.Snapshot(url)!, set.Snapshot(url, fromDifferential: true)!, url.Split('/')[^1], differences, ref compared);
        }

        Assert.True(compared > 1000, $"only {compared} elements");
        differences.RemoveAll(d => Known.Any(k => d.StartsWith(k, StringComparison.Ordinal)));
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    private static void Compare(ProfileNode published, ProfileNode made, string path, List<string> differences, ref int compared)
    {
        compared++;
        var (expected, actual) = (Outline(published), Outline(made));
        if (expected != actual)
        {
            differences.Add($"{path}: {actual} instead of {expected}");
        }

        // What a differential says of valueQuantity stands in its slice, or, where the publisher had one type left, in value[x].
        var parent = made is { IsChoice: true, Slices: [var only] } ? only : made;
        foreach (var child in published.Children)
        {
            if (parent.Child(child.Name) is { } other)
            {
                Compare(child, other, $"{path}.{child.Name}", differences, ref compared);
            }
            else
            {
                differences.Add($"{path}.{child.Name} is missing");
            }
        }

        foreach (var slice in published.Slices)
        {
            if (made.Slices.Find(s => s.SliceName == slice.SliceName) is { } other)
            {
                Compare(slice, other, $"{path}:{slice.SliceName}", differences, ref compared);
            }
            else
            {
                differences.Add($"{path}:{slice.SliceName} is missing");
            }
        }
    }

    private static string Outline(ProfileNode node)
    {
        var facts = node.Facts;
        var types = string.Join(",", (facts.Types ?? []).Where(t => !t.Code.Contains('/', StringComparison.Ordinal) && node.IsChoice)
            .Select(t => $"{t.Code}({string.Join(' ', t.Profiles.Order(StringComparer.Ordinal))}|{string.Join(' ', t.Targets.Order(StringComparer.Ordinal))})").Order(StringComparer.Ordinal));
        var binding = facts.Binding is { Strength: BindingStrength.Required or BindingStrength.Extensible } bound ? $"{bound.Strength} {bound.ValueSet.Split('|')[0]}" : "";
        return $"{facts.Min ?? 0}..{(facts.Max is null or int.MaxValue ? "*" : facts.Max)} {types} {binding} {Text(facts.Fixed)}{Text(facts.Pattern)}";
    }

    private static string Text(Element value) => value.Exists ? string.Concat(System.Text.Encoding.UTF8.GetString(value.RawUtf8).Where(c => !char.IsWhiteSpace(c))) : "";
}
