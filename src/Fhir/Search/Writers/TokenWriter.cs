using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Fhir.Search.Writers;

/// <summary>Token values (http://hl7.org/fhir/R4/search.html#token).</summary>
internal sealed class TokenWriter(FhirDefinitions definitions, Utf8Strings strings)
{
    private readonly int codingSystem = Fields.Of(definitions, "Coding", "system"u8);
    private readonly int codingCode = Fields.Of(definitions, "Coding", "code"u8);
    private readonly int codingDisplay = Fields.Of(definitions, "Coding", "display"u8);
    private readonly int conceptText = Fields.Of(definitions, "CodeableConcept", "text"u8);
    private readonly int conceptCoding = Fields.Of(definitions, "CodeableConcept", "coding"u8);
    private readonly int identifierSystem = Fields.Of(definitions, "Identifier", "system"u8);
    private readonly int identifierValue = Fields.Of(definitions, "Identifier", "value"u8);
    private readonly int identifierType = Fields.Of(definitions, "Identifier", "type"u8);
    private readonly int contactUse = Fields.Of(definitions, "ContactPoint", "use"u8);
    private readonly int contactValue = Fields.Of(definitions, "ContactPoint", "value"u8);

    internal ValueWriter? For(TypeDefinition type, ElementDefinition? element) => type.Name switch
    {
        "Coding" => Coding,
        "CodeableConcept" => Concept,
        "Identifier" => Identifier,
        "ContactPoint" => Contact,
        "boolean" => Boolean,
        "code" when element?.Codes is { } codes => (value, parameter, into) => Bound(value, codes, parameter, into),
        "code" or "string" or "markdown" or "id" or "uri" or "url" or "canonical" or "oid" or "uuid" => Plain,
        "integer" or "positiveInt" or "unsignedInt" => Integer,
        _ => null,
    };

    private void Coding(Element coding, ResourceParameter parameter, SearchValues into)
    {
        Pair(coding, codingSystem, codingCode, parameter, into);
        Text(coding, codingDisplay, parameter, into);
    }

    private void Concept(Element concept, ResourceParameter parameter, SearchValues into)
    {
        foreach (var coding in concept.Property(conceptCoding).Items)
        {
            Coding(coding, parameter, into);
        }

        Text(concept, conceptText, parameter, into);
    }

    private void Identifier(Element identifier, ResourceParameter parameter, SearchValues into)
    {
        Pair(identifier, identifierSystem, identifierValue, parameter, into);
        Text(identifier.Property(identifierType), conceptText, parameter, into);
        var value = identifier.Property(identifierValue).StringText();
        if (value.IsEmpty)
        {
            return;
        }

        foreach (var coding in identifier.Property(identifierType).Property(conceptCoding).Items)
        {
            var code = coding.Property(codingCode).StringText();
            if (!code.IsEmpty)
            {
                var system = coding.Property(codingSystem).StringText();
                into.TypedIdentifiers.Add(new TypedIdentifierValue(parameter, system.IsEmpty ? null : strings.Get(system), strings.Get(code), strings.Get(value)));
            }
        }
    }

    private void Contact(Element contact, ResourceParameter parameter, SearchValues into) => Pair(contact, contactUse, contactValue, parameter, into);

    private void Pair(Element element, int systemField, int codeField, ResourceParameter parameter, SearchValues into)
    {
        var code = element.Property(codeField).StringText();
        if (code.IsEmpty)
        {
            return;
        }

        var system = element.Property(systemField).StringText();
        into.Tokens.Add(new TokenValue(parameter, system.IsEmpty ? null : strings.Get(system), strings.Get(code)));
    }

    // http://hl7.org/fhir/R4/search.html#token: CodeableConcept.text, Coding.display, Identifier.type.text.
    private void Text(Element element, int field, ResourceParameter parameter, SearchValues into)
    {
        var text = element.Property(field).StringText();
        if (!text.IsEmpty)
        {
            into.Texts.Add(new StringValue(parameter, strings.Get(text)));
        }
    }

    private void Bound(Element code, CodeList codes, ResourceParameter parameter, SearchValues into)
    {
        var text = code.StringText();
        if (!text.IsEmpty)
        {
            into.Tokens.Add(new TokenValue(parameter, codes.System(text), strings.Get(text)));
        }
    }

    private void Plain(Element value, ResourceParameter parameter, SearchValues into)
    {
        var text = value.StringText();
        if (!text.IsEmpty)
        {
            into.Tokens.Add(new TokenValue(parameter, null, strings.Get(text)));
        }
    }

    private void Integer(Element value, ResourceParameter parameter, SearchValues into)
    {
        if (value.Kind == JsonKind.Number)
        {
            into.Tokens.Add(new TokenValue(parameter, null, strings.Get(value.RawUtf8)));
        }
    }

    private static void Boolean(Element value, ResourceParameter parameter, SearchValues into)
    {
        if (value.Kind is JsonKind.True or JsonKind.False)
        {
            Boolean(value.Kind == JsonKind.True, parameter, into);
        }
    }

    internal static void Boolean(bool value, ResourceParameter parameter, SearchValues into) =>
        into.Tokens.Add(new TokenValue(parameter, null, value ? "true" : "false"));
}
