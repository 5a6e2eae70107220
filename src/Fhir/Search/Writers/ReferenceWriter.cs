using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;

namespace Salus.Fhir.Search.Writers;

/// <summary>Reference values (http://hl7.org/fhir/R4/search.html#reference). Versions of literal references are cut off; references into the same resource are left out.</summary>
internal sealed class ReferenceWriter(FhirDefinitions definitions, Utf8Strings strings)
{
    private readonly int referenceField = Fields.Of(definitions, "Reference", "reference"u8);
    private readonly int displayField = Fields.Of(definitions, "Reference", "display"u8);
    private readonly int identifierField = Fields.Of(definitions, "Reference", "identifier"u8);
    private readonly int systemField = Fields.Of(definitions, "Identifier", "system"u8);
    private readonly int valueField = Fields.Of(definitions, "Identifier", "value"u8);

    internal ValueWriter? For(TypeDefinition type) => type.Name switch
    {
        "Reference" => Reference,
        "canonical" or "uri" or "url" => Canonical,
        _ => type.Kind == TypeKind.Resource ? Whole : null,
    };

    private void Reference(Element reference, ResourceParameter parameter, SearchValues into)
    {
        var identifier = reference.Property(identifierField);
        var value = identifier.Property(valueField).StringText();
        var identifierValue = value.IsEmpty ? null : strings.Get(value);
        var system = identifierValue is null ? default : identifier.Property(systemField).StringText();
        var identifierSystem = system.IsEmpty ? null : strings.Get(system);
        var text = reference.Property(referenceField).StringText();
        var target = Target(text, parameter);
        target = target with { IdentifierSystem = identifierSystem, IdentifierValue = identifierValue };
        if (target.TargetId is not null || target.Url is not null || identifierValue is not null)
        {
            into.References.Add(target);
        }

        var display = reference.Property(displayField).StringText();
        if (!display.IsEmpty)
        {
            into.Texts.Add(new StringValue(parameter, strings.Get(display)));
        }
    }

    private ReferenceValue Target(ReadOnlySpan<byte> text, ResourceParameter parameter)
    {
        if (text.IsEmpty || text[0] == '#')
        {
            return new ReferenceValue(parameter, null, null, null);
        }

        if (ReferenceTarget.Split(text, definitions, out var type, out var id, out var start) && start == 0)
        {
            return new ReferenceValue(parameter, type!.Name, strings.Get(id), null);
        }

        // A scheme makes it absolute: http://..., urn:uuid:...; anything else names nothing that can be found.
        if (text.IndexOf((byte)':') <= 0)
        {
            return new ReferenceValue(parameter, null, null, null);
        }

        var history = text.IndexOf("/_history/"u8);
        return new ReferenceValue(parameter, null, null, strings.Get(history < 0 ? text : text[..history]));
    }

    private void Canonical(Element canonical, ResourceParameter parameter, SearchValues into)
    {
        var text = canonical.StringText();
        var bar = text.IndexOf((byte)'|');
        var version = bar < 0 ? default : text[(bar + 1)..];
        text = bar < 0 ? text : text[..bar];
        if (!text.IsEmpty && text[0] != '#')
        {
            into.References.Add(new ReferenceValue(parameter, null, null, strings.Get(text), Version: version.IsEmpty ? null : strings.Get(version)));
        }
    }

    // Bundle.composition and Bundle.message point to the entry itself.
    private void Whole(Element resource, ResourceParameter parameter, SearchValues into)
    {
        var id = resource.Child("id"u8).StringText();
        if (!id.IsEmpty && resource.Type is { } type)
        {
            into.References.Add(new ReferenceValue(parameter, type.Name, strings.Get(id), null));
        }
    }
}
