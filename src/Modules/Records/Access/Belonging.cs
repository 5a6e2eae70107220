using Npgsql;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Search;
using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Access;

/// <summary>What access to a version is decided by: whose Patient compartments it is in, and its label.</summary>
/// <param name="Patients">Logical ids, each once; empty for a resource of no patient.</param>
/// <param name="Label">The highest of its labels.</param>
internal sealed record Belonging(IReadOnlyList<string> Patients, Confidentiality Label)
{
    // Search parameters that say whose words a resource has, of the types that people write about themselves.
    private static readonly HashSet<string> Authorship = new(StringComparer.Ordinal) { "Communication.sender", "QuestionnaireResponse.author", "QuestionnaireResponse.source", "AppointmentResponse.actor" };

    /// <summary>Whose words it says it has, as <c>Patient/1</c>. Only of content that comes; it is not stored.</summary>
    public IReadOnlyList<string> Authors { get; init; } = [];

    /// <summary>Of what has no content.</summary>
    public static Belonging None { get; } = new([], Confidentiality.Normal);

    /// <summary>As a column of the tables takes it.</summary>
    public string Joined => string.Join(Lexeme.Between, Patients);

    /// <summary>From the columns of a row; null where they are not filled yet.</summary>
    public static Belonging? Read(NpgsqlDataReader reader, int patients, int label) =>
        reader.IsDBNull(patients) || reader.IsDBNull(label) ? null : new Belonging(reader.GetFieldValue<string[]>(patients), (Confidentiality)reader.GetInt16(label));

    /// <summary>Of a resource and what it is found by (http://hl7.org/fhir/R4/compartmentdefinition-patient.html). A Patient is in its own compartment.</summary>
    public static Belonging Of(Element resource, SearchValues values, FhirDefinitions definitions)
    {
        var type = resource.Type!.Name;
        var patients = new List<string>(1);
        if (type == "Patient" && resource.Child("id"u8).AsString() is { } own)
        {
            patients.Add(own);
        }

        if (definitions.PatientCompartment.TryGetValue(type, out var codes))
        {
            foreach (var reference in values.References)
            {
                if (reference is { TargetType: "Patient", TargetId: { } id } && codes.Contains(reference.Parameter.Code) && !patients.Contains(id))
                {
                    patients.Add(id);
                }
            }
        }

        return new Belonging(patients, LabelOf(values))
        {
            Authors = [.. values.References.Where(r => Authorship.Contains($"{type}.{r.Parameter.Code}")).Select(r => r.TargetId is null ? r.Url ?? r.IdentifierValue ?? "" : $"{r.TargetType}/{r.TargetId}")],
        };
    }

    // http://terminology.hl7.org/CodeSystem/v3-ActCode, the policies of information sensitivity: reasons to hold back, and so restricted.
    private static readonly HashSet<string> Sensitive = new(StringComparer.OrdinalIgnoreCase)
    {
        "ETH", "ETHUD", "OPIOIDUD", "GDIS", "HIV", "MST", "PREGNANT", "SCA", "SDV", "SEX", "SPI", "STD", "TBOO", "VIO", "PSY", "PSYTHPN", "SUD", "BH", "COGN", "DVD", "EMOTDIS", "MH", "SUICIDE",
    };

    // What is marked by mistake, in another case or with another system, is held back and not shown.
    private static Confidentiality LabelOf(string? system, string? code) => code?.ToUpperInvariant() switch
    {
        "V" => Confidentiality.VeryRestricted,
        "R" => Confidentiality.Restricted,
        { } known when system is null || system.EndsWith("v3-ActCode", StringComparison.Ordinal) => Sensitive.Contains(known) ? Confidentiality.Restricted : Confidentiality.Normal,
        _ => Confidentiality.Normal,
    };

    private static Confidentiality LabelOf(SearchValues values)
    {
        var highest = Confidentiality.Normal;
        foreach (var token in values.Tokens)
        {
            if (token.Parameter.Code == "_security")
            {
                var label = LabelOf(token.System, token.Code);
                highest = label > highest ? label : highest;
            }
        }

        return highest;
    }
}
