using System.Buffers;
using System.Collections;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Xml;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Fhir.Xml;

/// <summary>One pass over an XML resource that writes it as JSON, guided by the definitions. Every method starts on a start tag and ends behind the end tag.</summary>
internal sealed partial class XmlTranslation
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly FhirDefinitions definitions;
    private readonly bool anyOrder;
    private readonly XmlSource source;
    private readonly XmlReader reader;
    private readonly List<(string Name, int Index)> path = [];

    internal XmlTranslation(string text, FhirDefinitions definitions, bool anyOrder)
    {
        this.anyOrder = anyOrder;
        this.definitions = definitions;
        source = new XmlSource(text);
        reader = source.Reader;
    }

    /// <summary>Where the translation is, as in <c>Patient.contact[1].gender</c>; null before the resource starts.</summary>
    internal string? Path => path.Count == 0 ? null : string.Join('.', path.Select(p => p.Index < 0 ? p.Name : $"{p.Name}[{p.Index}]"));

    internal byte[] Run()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            Advance();
            path.Add((XmlNames.Shorten(reader.LocalName), -1));
            Resource(json, 1);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private void Resource(Utf8JsonWriter json, int depth)
    {
        InFhirNamespace();
        var type = definitions.Resource(reader.LocalName)
            ?? throw Fault($"'{XmlNames.Shorten(reader.LocalName)}' is not a resource type of FHIR R4");
        Attributes(type);
        Bound(depth);
        json.WriteStartObject();
        json.WriteString("resourceType"u8, type.Name);
        Children(json, type, depth);
        json.WriteEndObject();
    }

    private void Children(Utf8JsonWriter json, TypeDefinition type, int depth)
    {
        var empty = reader.IsEmptyElement;
        Advance();
        if (empty)
        {
            return;
        }

        ElementDefinition? before = null;
        var seen = new BitArray(type.Elements.Length);
        while (reader.NodeType == XmlNodeType.Element)
        {
            var element = Known(type);
            InPlace(type, element, before, seen[element.Slot]);
            seen[element.Slot] = true;
            before = element;
            path.Add((element.JsonName, element.IsArray ? 0 : -1));
            Property(json, element, element.IsArray ? depth + 1 : depth);
            path.RemoveAt(path.Count - 1);
        }

        Advance();
    }

    private ElementDefinition Known(TypeDefinition type)
    {
        var name = reader.LocalName;
        if (reader.NamespaceURI != XmlNames.Xhtml)
        {
            InFhirNamespace();
        }

        var element = type.Find(System.Text.Encoding.UTF8.GetBytes(name));
        if (element is null || IsAttribute(type, element))
        {
            throw Fault(element is null
                ? $"{type.Name} has no element <{XmlNames.Shorten(name)}>"
                : $"The {name} of {type.Name} is an attribute ({name}=\"...\"), not an element");
        }

        return element;
    }

    // http://hl7.org/fhir/R4/xml.html: the order of elements is part of the format. The values of one element stand together in any case.
    private void InPlace(TypeDefinition type, ElementDefinition element, ElementDefinition? before, bool seen)
    {
        if (seen)
        {
            throw Fault(element.IsChoice ? $"{type.Name} has one {element.Name}[x], and <{element.JsonName}> is the second"
                : element.IsArray ? $"<{element.JsonName}> belongs to those further up: the values of one element stand together"
                : $"<{element.JsonName}> stands twice, and {type.Name} has at most one");
        }

        if (!anyOrder && element.Slot < before?.Slot)
        {
            throw Fault($"<{element.JsonName}> belongs before <{before.JsonName}>: the order of R4 is part of FHIR XML");
        }
    }

    private void Property(Utf8JsonWriter json, ElementDefinition element, int depth)
    {
        if (element.Type.Primitive == PrimitiveKind.Xhtml)
        {
            json.WriteString(element.JsonNameUtf8, new XhtmlSlice(source).Read());
            Settle();
            return;
        }

        if (element.Type.Kind == TypeKind.Primitive)
        {
            Primitives(json, element, depth);
            return;
        }

        json.WritePropertyName(element.JsonNameUtf8);
        if (!element.IsArray)
        {
            Item(json, element, depth + 1);
            return;
        }

        json.WriteStartArray();
        for (var more = true; more; more = Another(element))
        {
            Item(json, element, depth + 1);
        }

        json.WriteEndArray();
    }

    private void Item(Utf8JsonWriter json, ElementDefinition element, int depth)
    {
        InFhirNamespace();
        if (element.Type.Kind == TypeKind.Resource)
        {
            Wrapped(json, element, depth);
            return;
        }

        Bound(depth);
        var attributes = Attributes(element.Type);
        json.WriteStartObject();
        attributes.WriteTo(json);
        Children(json, element.Type, depth);
        json.WriteEndObject();
    }

    private void Wrapped(Utf8JsonWriter json, ElementDefinition element, int depth)
    {
        Attributes(element.Type);
        var place = source.Place();
        var empty = reader.IsEmptyElement;
        Advance();
        if (empty || reader.NodeType != XmlNodeType.Element)
        {
            throw new XmlFault($"<{element.JsonName}> is empty; it holds one resource {place}.");
        }

        Resource(json, depth);
        if (reader.NodeType == XmlNodeType.Element)
        {
            throw Fault($"<{element.JsonName}> holds one resource, and <{XmlNames.Shorten(reader.LocalName)}> is a second one");
        }

        Advance();
    }

    /// <summary>True when the next value of the array follows; counts it in the path.</summary>
    private bool Another(ElementDefinition element)
    {
        if (reader.NodeType != XmlNodeType.Element || reader.LocalName != element.JsonName)
        {
            return false;
        }

        path[^1] = (path[^1].Name, path[^1].Index + 1);
        return true;
    }

    private void Bound(int depth)
    {
        if (depth > ResourceReader.MaxDepth)
        {
            throw Fault($"The resource is nested deeper than {ResourceReader.MaxDepth} levels of objects and arrays");
        }
    }

    private void InFhirNamespace()
    {
        if (reader.NamespaceURI != XmlNames.Fhir)
        {
            var actual = reader.NamespaceURI.Length == 0 ? "no namespace" : $"the namespace '{XmlNames.Shorten(reader.NamespaceURI)}'";
            throw Fault($"<{XmlNames.Shorten(reader.Name)}> is in {actual}; FHIR elements are in xmlns=\"{XmlNames.Fhir}\"");
        }
    }

    private void Advance()
    {
        reader.Read();
        Settle();
    }

    /// <summary>Moves on to the next tag, if the reader is not on one.</summary>
    private void Settle()
    {
        while (!reader.EOF && reader.NodeType is not (XmlNodeType.Element or XmlNodeType.EndElement))
        {
            if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA && !string.IsNullOrWhiteSpace(reader.Value))
            {
                throw Fault($"The text '{XmlNames.Shorten(reader.Value.Trim())}' stands in an element; FHIR values are attributes: value=\"...\"");
            }

            if (reader.NodeType == XmlNodeType.XmlDeclaration && reader.GetAttribute("encoding") is { } encoding
                && !encoding.Equals("utf-8", StringComparison.OrdinalIgnoreCase) && !encoding.Contains("ascii", StringComparison.OrdinalIgnoreCase))
            {
                throw Fault($"The declared encoding is '{XmlNames.Shorten(encoding)}'; FHIR XML is UTF-8");
            }

            reader.Read();
        }
    }

    private XmlFault Fault(string message) => new($"{message} {source.Place()}.");
}
