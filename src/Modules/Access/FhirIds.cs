using System.Diagnostics.CodeAnalysis;

namespace Salus.Access;

/// <summary>Logical ids of FHIR resources (http://hl7.org/fhir/R4/datatypes.html#id).</summary>
internal static class FhirIds
{
    public static bool IsId([NotNullWhen(true)] string? text) => text is { Length: > 0 and <= 64 } && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.');
}
