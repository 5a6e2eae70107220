using System.Runtime.CompilerServices;
using Salus.Fhir.Definitions;
using Salus.Fhir.Search;
using Salus.Kernel;
using Salus.Records.Search;
using Salus.Records.Search.Parameters;
using Salus.Records.Storage;

namespace Salus.Records.Compartment;

/// <summary>What belongs to one patient or encounter (http://hl7.org/fhir/R4/compartmentdefinition.html), as words of the index.</summary>
internal sealed class CompartmentSet(SearchParameterSet parameters, Catalog catalog)
{
    // http://hl7.org/fhir/R4/compartmentdefinition-encounter.html (a RiskAssessment has an encounter, but is not in its compartment)
    private static readonly Dictionary<string, IReadOnlyList<string>> Encounter = new(StringComparer.Ordinal)
    {
        ["ChargeItem"] = ["context"],
        ["DocumentManifest"] = ["related-ref"],
        ["MedicationAdministration"] = ["context"],
    };

    private static readonly string[] ByEncounter =
    [
        "CarePlan", "CareTeam", "Claim", "ClinicalImpression", "Communication", "CommunicationRequest", "Composition", "Condition", "DeviceRequest",
        "DiagnosticReport", "DocumentReference", "ExplanationOfBenefit", "Media", "MedicationRequest", "NutritionOrder", "Observation", "Procedure",
        "QuestionnaireResponse", "RequestGroup", "ServiceRequest", "VisionPrescription",
    ];

    // A birth date says nothing of when care was given.
    private static readonly HashSet<string> WithoutCareDates = ["Patient", "Person", "RelatedPerson", "Practitioner", "Group"];

    private const string OfPatients = ".where(resolve() is Patient)";
    private readonly ConditionalWeakTable<ResourceParameter, StrongBox<bool>> puts = new();

    static CompartmentSet()
    {
        foreach (var type in ByEncounter)
        {
            Encounter.Add(type, ["encounter"]);
        }
    }

    /// <summary>The parameters that put a resource into a compartment, by its type; null when there is no such compartment here.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Of(TypeDefinition compartment) => compartment.Name switch
    {
        "Patient" => parameters.Definitions.PatientCompartment,
        "Encounter" => Encounter,
        _ => null,
    };

    /// <summary>The patient whose compartment all matches of a criterion are in; null where it does not name one.</summary>
    public string? PatientOf(Criterion criterion)
    {
        if (criterion is not { Parameter: { Type: SearchType.Reference } parameter, Modifier: "" or "Patient", Comparison: "", Values: [var value] }
            || !puts.GetValue(parameter, p => new StrongBox<bool>(Puts(p))).Value)
        {
            return null;
        }

        var id = value.StartsWith("Patient/", StringComparison.Ordinal) ? value["Patient/".Length..] : parameter.Code == "patient" || criterion.Modifier == "Patient" ? value : "";
        return id.Length > 0 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.') ? id : null;
    }

    // Whether all that a parameter finds is put into the compartments by one of theirs: itself, or one that looks at the same elements. For most types that is "subject", and
    // "patient" is asked for, which is the same where it leads to a patient.
    private bool Puts(ResourceParameter parameter)
    {
        var type = parameter.ResourceType.Name;
        if (!parameters.Definitions.PatientCompartment.TryGetValue(type, out var codes))
        {
            return false;
        }

        var looked = codes.Select(code => parameters.Find(type, code)).OfType<ResourceParameter>().SelectMany(Elements).ToHashSet(StringComparer.Ordinal);
        return codes.Contains(parameter.Code) || (Elements(parameter) is { Count: > 0 } own && own.TrueForAll(looked.Contains));
    }

    // The parts of its expression that are about its type, without their restriction to patients.
    private static List<string> Elements(ResourceParameter parameter) =>
        [.. (parameter.Definition.Expression ?? "").Split('|', StringSplitOptions.TrimEntries).Where(e => e.StartsWith($"{parameter.ResourceType.Name}.", StringComparison.Ordinal))
            .Select(e => e.EndsWith(OfPatients, StringComparison.Ordinal) ? e[..^OfPatients.Length] : e)];

    /// <summary>Why there is no compartment of a type.</summary>
    public static Failure None(TypeDefinition type) =>
        new(FailureKind.NotFound, "not-supported", $"There is no compartment of a {type.Name} on this server; there are those of Patient and Encounter.");

    /// <summary>Terms for the resources of one type that are in it, or of all types.</summary>
    /// <param name="type">Null for all types.</param>
    public IReadOnlyList<string> Terms(TypeDefinition compartment, string id, string? type)
    {
        var target = -catalog.Number(compartment);
        return [.. Parameters(compartment).Where(p => type is null || p.ResourceType.Name == type).Select(p => ExactWords.Is(Lexeme.Of(catalog.Number(p), id, target)))];
    }

    /// <summary>Numbers of the parameters that put a resource into it.</summary>
    public int[] Numbers(TypeDefinition compartment) => [.. Parameters(compartment).Select(catalog.Number)];

    /// <summary>Numbers of the types that can be in it, its own included.</summary>
    public short[] Types(TypeDefinition compartment) => [.. Of(compartment)!.Keys.Append(compartment.Name).Distinct().Select(catalog.Number)];

    /// <summary>Numbers of the parameters that say when care was given.</summary>
    public int[] CareDates(TypeDefinition compartment) =>
        [.. Of(compartment)!.Keys.Where(t => !WithoutCareDates.Contains(t)).SelectMany(t => parameters.For(t).Values).Where(p => p.Type == SearchType.Date && p.Code[0] != '_').Select(catalog.Number)];

    private IEnumerable<ResourceParameter> Parameters(TypeDefinition compartment) =>
        Of(compartment)!.SelectMany(t => t.Value, (t, code) => parameters.Find(t.Key, code)).OfType<ResourceParameter>();
}
