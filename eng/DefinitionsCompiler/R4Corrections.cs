using System.Text.Json;

namespace Salus.DefinitionsCompiler;

/// <summary>
/// Takes the npm package back to FHIR 4.0.1. Its <c>profiles-*.json</c> carry elements of later versions and of one vendor;
/// its <c>dataelements.json</c> is the file as published, and every other element is compared with it (type, cardinality, binding, targets).
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

    /// <summary>Invariants of later versions: they name elements and types that R4 does not have.</summary>
    private static readonly HashSet<(string Path, string Key)> LaterInvariants = [("ChargeItemDefinition", "cid-0"), ("EvidenceVariable.characteristic", "evv-1")];

    private const string Rewritten = "EvidenceVariable.characteristic.";

    /// <summary>The elements of the type that was rewritten after R4, in the order of the specification.</summary>
    private static readonly string[] RewrittenElements =
        ["description", "definition[x]", "usageContext", "exclude", "participantEffective[x]", "timeFromStart", "groupMeasure"];

    /// <summary>Elements of R4 that <c>dataelements.json</c> leaves out, with all below them.</summary>
    private static readonly string[] Unpublished =
    [
        "MedicationKnowledge.administrationGuidelines.patientCharacteristics.characteristic[x]",
        "MedicinalProductIngredient.specifiedSubstance.strength", "MedicinalProductPharmaceutical.routeOfAdministration",
        "ResearchElementDefinition.characteristic.participantEffective[x]", "ResearchElementDefinition.characteristic.participantEffectiveDescription",
        "ResearchElementDefinition.characteristic.participantEffectiveTimeFromStart",
    ];

    private readonly Dictionary<string, JsonElement> published;

    internal R4Corrections(R4Package package) => published = package.Resources("dataelements.json", "StructureDefinition")
        .SelectMany(definition => definition.GetProperty("snapshot").List("element"))
        .GroupBy(element => element.Text("path")!)
        // A restricted form of a type (SimpleQuantity) has its elements there too, under the same path.
        .ToDictionary(group => group.Key, group => group.MaxBy(element => element.Text("max") != "0"), StringComparer.Ordinal);

    internal static bool IsR4(JsonElement definition) => !Types.Contains(definition.Text("name")!);

    internal static bool IsR4(string path, string invariant) => !LaterInvariants.Contains((path, invariant));

    /// <summary>The elements of a definition's snapshot as R4 4.0.1 has them.</summary>
    /// <exception cref="InvalidDataException">The package differs from R4 in a way that is not listed here.</exception>
    internal IEnumerable<JsonElement> Elements(JsonElement definition)
    {
        foreach (var element in Corrected(definition))
        {
            Compare(element);
            yield return element;
        }
    }

    private static bool IsOneOf(string path, string[] roots) =>
        Array.Exists(roots, root => path == root || path.StartsWith(root + ".", StringComparison.Ordinal));

    /// <summary>A new version of the package must not bring new differences unseen.</summary>
    private void Compare(JsonElement element)
    {
        var path = element.Text("path")!;
        var inherited = element.GetProperty("base").Text("path") != path;
        var structural = element.List("type").All(type => type.Text("code") is "BackboneElement" or "Element" or "Extension");
        if (inherited || structural || IsOneOf(path, Unpublished))
        {
            return;
        }

        if (!published.TryGetValue(path, out var original))
        {
            throw new InvalidDataException($"{path} is not in dataelements.json: if it is no element of R4, add it to {nameof(R4Corrections)}.{nameof(Removed)}.");
        }

        if (Outline(element) is var here && Outline(original) is var there && here != there)
        {
            throw new InvalidDataException($"{path} differs from R4: {here} instead of {there}. Add it to {nameof(R4Corrections)}.{nameof(Restored)}.");
        }
    }

    private static string Outline(JsonElement element)
    {
        var types = element.List("type").Select(type => $"{type.Text("code")}({string.Join(' ', type.Texts("targetProfile").Order(StringComparer.Ordinal))})");
        var binding = element.TryGetProperty("binding", out var bound) ? $"{bound.Text("strength")} {bound.Text("valueSet")}" : "";
        return $"{element.GetProperty("min")}..{element.Text("max")} {string.Join(' ', types)} {binding}";
    }

    private IEnumerable<JsonElement> Corrected(JsonElement definition)
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
            else if (!IsOneOf(path, Removed))
            {
                yield return Restored.Contains(path) ? published[path] : element;
            }
        }
    }
}
