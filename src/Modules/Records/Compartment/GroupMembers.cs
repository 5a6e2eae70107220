using Salus.Fhir.Json;

namespace Salus.Records.Compartment;

/// <summary>The patients of a Group (http://hl7.org/fhir/R4/group.html).</summary>
internal static class GroupMembers
{
    /// <summary>The ids of the members that are patients and not inactive. A reference may be absolute, or name a version.</summary>
    public static HashSet<string> Of(Element group)
    {
        var patients = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in group.Named("member"))
        {
            var parts = member.Child("entity"u8).Child("reference"u8).AsString()?.Split('/') ?? [];
            var at = Array.LastIndexOf(parts, "Patient");
            if (at >= 0 && at + 1 < parts.Length && member.Child("inactive"u8).AsString() != "true")
            {
                patients.Add(parts[at + 1]);
            }
        }

        return patients;
    }
}
