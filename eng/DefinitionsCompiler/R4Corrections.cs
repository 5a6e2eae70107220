using System.Text.Json;

namespace Salus.DefinitionsCompiler;

/// <summary>
/// Takes the npm package back to FHIR 4.0.1. Its <c>profiles-*.json</c> carry elements of later versions and of one vendor;
/// its <c>dataelements.json</c> is the file as published, and every other element of the profiles was compared with it (type, cardinality, binding, targets).
/// </summary>
internal sealed class R4Corrections
{
    /// <summary>Not types of R4: from 4.3.0, and a logical model that only names what definitional resources have in common.</summary>
    private static readonly HashSet<string> Types = ["SubscriptionStatus", "MetadataResource"];

    /// <summary>Not elements of R4, each with all below it.</summary>
    private static readonly string[] Removed =
    [
        "Meta.project", "Meta.author", "Meta.onBehalfOf", "Meta.account", "Meta.accounts", "Meta.compartment",
        "Binary.url", "DeviceDefinition.bodySite", "DeviceDefinition.classification", "ObservationDefinition.publisher",
        "ResearchStudy.name", "ResearchStudy.label", "ResearchStudy.studyDesign", "ResearchStudy.region", "ResearchStudy.descriptionSummary",
        "ResearchStudy.classifier", "ResearchStudy.associatedParty", "ResearchStudy.progressStatus", "ResearchStudy.whyStopped",
        "ResearchStudy.recruitment", "ResearchStudy.comparisonGroup", "ResearchStudy.objective.description", "ResearchStudy.outcomeMeasure",
        "ResearchStudy.result",
    ];

    /// <summary>Changed elements: taken as <c>dataelements.json</c> has them.</summary>
    private static readonly HashSet<string> Restored =
    [
        "AuditEvent.source.observer", "Bundle.entry.response.outcome", "DetectedIssue.status", "MeasureReport.subject", "ResearchStudy.site",
    ];

    private const string Rewritten = "EvidenceVariable.characteristic.";

    /// <summary>The elements of the type that was rewritten after R4, in the order of the specification.</summary>
    private static readonly string[] RewrittenElements =
        ["description", "definition[x]", "usageContext", "exclude", "participantEffective[x]", "timeFromStart", "groupMeasure"];

    private readonly Dictionary<string, JsonElement> published;

    internal R4Corrections(R4Package package)
    {
        HashSet<string> wanted = [.. Restored, .. RewrittenElements.Select(name => Rewritten + name)];
        published = package.Resources("dataelements.json", "StructureDefinition")
            .SelectMany(definition => definition.GetProperty("snapshot").List("element"))
            .Where(element => wanted.Contains(element.Text("path")!))
            .DistinctBy(element => element.Text("path"))
            .ToDictionary(element => element.Text("path")!);
        if (wanted.Where(path => !published.ContainsKey(path)).ToList() is { Count: > 0 } missing)
        {
            throw new InvalidDataException($"dataelements.json has no {string.Join(", ", missing)}.");
        }
    }

    internal static bool IsR4(JsonElement definition) => !Types.Contains(definition.Text("name")!);

    /// <summary>The elements of a definition's snapshot as R4 4.0.1 has them.</summary>
    internal IEnumerable<JsonElement> Elements(JsonElement definition)
    {
        foreach (var element in definition.GetProperty("snapshot").List("element"))
        {
            var path = element.Text("path")!;
            if (path.StartsWith(Rewritten, StringComparison.Ordinal))
            {
                var inherited = path[Rewritten.Length..] is "id" or "extension" or "modifierExtension";
                if (inherited)
                {
                    yield return element;
                }

                if (path == Rewritten + "modifierExtension")
                {
                    foreach (var name in RewrittenElements)
                    {
                        yield return published[Rewritten + name];
                    }
                }
            }
            else if (!Array.Exists(Removed, removed => path == removed || path.StartsWith(removed + ".", StringComparison.Ordinal)))
            {
                yield return Restored.Contains(path) ? published[path] : element;
            }
        }
    }
}
