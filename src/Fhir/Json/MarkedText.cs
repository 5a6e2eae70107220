namespace Salus.Fhir.Json;

/// <summary>A string value in a document, and where it stands.</summary>
/// <param name="Value">The element.</param>
/// <param name="Start">The offset of its first byte in <see cref="ResourceDocument.Utf8"/>, after the quote; <see cref="Element.RawUtf8"/> has its bytes.</param>
/// <param name="Path">The place with the numbers of list items: <c>Patient.identifier[0].value</c>.</param>
public readonly record struct MarkedText(Element Value, int Start, string Path);
