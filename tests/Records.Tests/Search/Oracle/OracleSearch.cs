using Salus.Fhir.Definitions;

namespace Salus.Records.Tests.Search.Oracle;

/// <summary>Which resources a query finds, by looking at every one. It reads the query as text, and knows nothing of any index.</summary>
internal sealed class OracleSearch(OracleStore store, OracleMatch match)
{
    // docs/modules/records.md: a reference that leads to several types is followed to those that have the parameter, at most eight.
    private const int MostTypes = 8;

    // http://hl7.org/fhir/R4/compartmentdefinition-encounter.html; that of the patient comes with the definitions.
    private static readonly Dictionary<string, IReadOnlyList<string>> OfEncounter = new()
    {
        ["CarePlan"] = ["encounter"], ["CareTeam"] = ["encounter"], ["ChargeItem"] = ["context"], ["Claim"] = ["encounter"], ["ClinicalImpression"] = ["encounter"], ["Communication"] = ["encounter"],
        ["CommunicationRequest"] = ["encounter"], ["Composition"] = ["encounter"], ["Condition"] = ["encounter"], ["DeviceRequest"] = ["encounter"], ["DiagnosticReport"] = ["encounter"],
        ["DocumentManifest"] = ["related-ref"], ["DocumentReference"] = ["encounter"], ["ExplanationOfBenefit"] = ["encounter"], ["Media"] = ["encounter"], ["MedicationAdministration"] = ["context"],
        ["MedicationRequest"] = ["encounter"], ["NutritionOrder"] = ["encounter"], ["Observation"] = ["encounter"], ["Procedure"] = ["encounter"], ["QuestionnaireResponse"] = ["encounter"],
        ["RequestGroup"] = ["encounter"], ["ServiceRequest"] = ["encounter"], ["VisionPrescription"] = ["encounter"],
    };

    /// <summary>Which parameters put a resource of a type into a compartment; none for a type that is never in one.</summary>
    public static IReadOnlyList<string> Members(string compartment, string type) =>
        (compartment == "Patient" ? FhirDefinitions.R4.PatientCompartment : OfEncounter).TryGetValue(type, out var found) ? found : [];

    /// <summary>Ids that match all criteria.</summary>
    /// <param name="compartment">Only those in the compartment of this resource; null for all.</param>
    /// <exception cref="OracleRefusal">The server has to refuse the query.</exception>
    public HashSet<string> Ids(string type, IEnumerable<(string Name, string Value)> criteria, string? compartment = null)
    {
        var all = criteria.Select(c => Criterion(type, c.Name, c.Value)).ToList();
        if (compartment?.Split('/') is [var of, var id])
        {
            var members = Members(of, type).Select(code => store.Parameter(type, code)!).ToList();
            all.Add(members.Count > 0 ? r => members.Exists(m => r.Facts(m).References.Exists(x => x.Type == of && x.Id == id)) : throw new OracleRefusal("never in that compartment"));
        }

        return store.Of(type).Where(r => all.TrueForAll(c => c(r))).Select(r => r.Id).ToHashSet(StringComparer.Ordinal);
    }

    public Func<OracleResource, bool> Criterion(string type, string name, string value)
    {
        if (name == "_list")
        {
            name = "_has:List:item:_id";
        }

        if (name.StartsWith("_has:", StringComparison.Ordinal))
        {
            return Has(type, name.Split(':', 4), value);
        }

        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot >= 0 ? Chain(type, name[..dot], name[(dot + 1)..], value) : Plain(type, name, value);
    }

    private Func<OracleResource, bool> Plain(string type, string name, string value)
    {
        var (code, modifier) = Parted(name);
        var values = OracleText.Split(value, ',');
        if (values.TrueForAll(v => v.Length == 0))
        {
            throw new OracleRefusal("no value");
        }

        if (code == "_id")
        {
            var ids = values.ConvertAll(OracleText.Unescape);
            return r => ids.Contains(r.Id);
        }

        if (code == "_lastUpdated")
        {
            return Any(values.ConvertAll(LastUpdated));
        }

        var parameter = store.Parameter(type, code) ?? throw new OracleRefusal($"{type} has no {code}");
        if (!Takes(parameter, modifier))
        {
            throw new OracleRefusal($"{code} does not take :{modifier}");
        }

        var alternatives = values.ConvertAll(v => match.Of(parameter.Type, modifier, v, parameter));
        var wanted = modifier != "not";
        return r => r.Facts(parameter) is var facts && alternatives.Exists(a => a(facts)) == wanted;
    }

    private Func<OracleResource, bool> LastUpdated(string value)
    {
        var prefix = value[..2] is "eq" or "ne" or "gt" or "lt" or "ge" or "le" or "sa" or "eb" ? value[..2] : "eq";
        var asked = OracleDate.Parse(char.IsLetter(value[0]) ? value[2..] : value) ?? throw new OracleRefusal("no date");
        return r => OracleDate.Matches(prefix, r.LastUpdated, asked, 0);
    }

    private Func<OracleResource, bool> Chain(string type, string head, string rest, string value)
    {
        var (code, named) = Parted(head);
        var reference = Reference(type, code);
        var ends = new Dictionary<string, Func<OracleResource, bool>>();
        OracleRefusal? refusal = null;
        foreach (var target in named.Length > 0 ? [named] : Targets(reference))
        {
            try
            {
                ends.Add(target, Criterion(target, rest, value));
            }
            catch (OracleRefusal e)
            {
                refusal = e;
            }
        }

        if (ends.Count is 0 or > MostTypes)
        {
            throw ends.Count == 0 ? refusal! : new OracleRefusal("leads to too many types");
        }

        return r => store.Targets(r, reference).Any(t => ends.TryGetValue(t.Type, out var end) && end(t));
    }

    private Func<OracleResource, bool> Has(string type, string[] parts, string value)
    {
        var (source, code) = (parts[1], parts[2]);
        var reference = Reference(source, code);
        if (!Targets(reference).Contains(type))
        {
            throw new OracleRefusal($"{source}.{code} does not refer to {type}");
        }

        var inner = Criterion(source, parts[3], value);
        var found = store.Of(source).Where(inner).SelectMany(s => store.Targets(s, reference)).Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        return r => found.Contains(r.Name);
    }

    public static IEnumerable<string> Targets(SearchParameter reference) =>
        reference.Targets.Count > 0 && !reference.Targets.Contains("Resource") ? reference.Targets : FhirDefinitions.R4.ResourceTypes.Select(t => t.Name);

    private SearchParameter Reference(string type, string code) =>
        store.Parameter(type, code) is { Type: SearchType.Reference } reference ? reference : throw new OracleRefusal($"{type} has no reference {code}");

    private static bool Takes(SearchParameter parameter, string modifier) => modifier is "" or "missing" || parameter.Type switch
    {
        SearchType.String => modifier is "exact" or "contains",
        SearchType.Token => modifier is "not" or "of-type",
        SearchType.Reference => modifier == "identifier" || FhirDefinitions.R4.Resource(modifier) is not null,
        SearchType.Uri => modifier == "below",
        _ => false,
    };

    private static Func<OracleResource, bool> Any(List<Func<OracleResource, bool>> alternatives) => r => alternatives.Exists(a => a(r));

    private static (string Code, string Modifier) Parted(string name)
    {
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (name, "") : (name[..colon], name[(colon + 1)..]);
    }
}
