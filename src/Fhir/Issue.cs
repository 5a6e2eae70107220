namespace Salus.Fhir;

/// <summary>How bad an issue is; the FHIR <c>issue-severity</c> codes.</summary>
public enum IssueSeverity : byte
{
    Information,
    Warning,
    Error,
    Fatal,
}

/// <summary>One thing found in a resource.</summary>
/// <param name="Severity">How bad it is; <see cref="IssueSeverity.Error"/> and above make the resource unacceptable.</param>
/// <param name="Code">A FHIR <c>issue-type</c> code (http://hl7.org/fhir/R4/valueset-issue-type.html): <c>structure</c>, <c>required</c>, <c>value</c>, <c>code-invalid</c>...</param>
/// <param name="Message">What is wrong and what would be right, for a person.</param>
/// <param name="Path">The element, as in <c>Patient.contact[1].gender</c>; for text that is not JSON, null (the message then names line and byte).</param>
public sealed record Issue(IssueSeverity Severity, string Code, string Message, string? Path = null);
