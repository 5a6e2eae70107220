namespace Salus.Fhir.Definitions;

/// <summary>How strictly a coded element is tied to its value set (http://hl7.org/fhir/R4/terminologies.html#strength).</summary>
public enum BindingStrength : byte
{
    None,
    Example,
    Preferred,
    Extensible,
    Required,
}
