namespace Salus.Fhir.Definitions;

/// <summary>A condition that an element has to meet (http://hl7.org/fhir/R4/conformance-rules.html#constraints). Immutable.</summary>
/// <param name="Type">The type of the elements it is evaluated on.</param>
/// <param name="Element">The one element that states it; null when the type does, for all its uses and all types that specialize it.</param>
/// <param name="Severity">Error, or warning for what is a best practice.</param>
/// <param name="Key">Its name: <c>per-1</c>. Not unique: three types have an <c>inv-1</c>.</param>
/// <param name="Human">What it asks for, in words.</param>
/// <param name="Expression">The condition in FHIRPath.</param>
public sealed record Invariant(TypeDefinition Type, ElementDefinition? Element, IssueSeverity Severity, string Key, string Human, string Expression);
