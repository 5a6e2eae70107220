using System.Text;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Fhir.Xml;

/// <summary>Writes elements of a document as XML. The reader's bound on nesting bounds the recursion.</summary>
internal sealed class XmlElementWriter(ResourceDocument document, bool indented)
{
    private readonly XmlText text = new();
    private int level;

    internal byte[] Write(Element resource)
    {
        text.Raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"u8);
        if (indented)
        {
            text.Raw("\n"u8);
        }

        Resource(resource, root: true);
        return text.ToArray();
    }

    private void Resource(Element resource, bool root)
    {
        var name = Encoding.UTF8.GetBytes(resource.Type!.Name);
        if (!root)
        {
            NewLine();
        }

        text.Raw("<"u8);
        text.Raw(name);
        if (root)
        {
            text.Raw(" xmlns=\"http://hl7.org/fhir\""u8);
        }

        Content(name, resource, Children(resource, resource.Type));
    }

    private void Child(Element child)
    {
        var definition = child.Definition!;
        var name = definition.JsonNameUtf8;
        NewLine();
        if (definition.Type.Primitive == PrimitiveKind.Xhtml)
        {
            Narrative(child);
            return;
        }

        text.Raw("<"u8);
        text.Raw(name);
        if (definition.Type.Kind == TypeKind.Resource)
        {
            text.Raw(">"u8);
            level++;
            Resource(Expect(child, JsonKind.Object), root: false);
            level--;
            NewLine();
            End(name);
            return;
        }

        var primitive = definition.Type.Kind == TypeKind.Primitive;
        var type = primitive ? document.Definitions.Element : definition.Type;
        var children = Children(primitive ? Single(child) : Expect(child, JsonKind.Object), type);
        children.RemoveAll(c => Attribute(type, c));
        if (primitive && child.HasValue && !text.Attribute("value"u8, child.Text))
        {
            throw NoCharacter(child);
        }

        Content(name, child, children);
    }

    /// <summary>Writes what follows the attributes.</summary>
    private void Content(ReadOnlySpan<byte> name, Element of, List<Element> children)
    {
        if (children.Count == 0)
        {
            text.Raw("/>"u8);
            return;
        }

        text.Raw(">"u8);
        level++;
        children.ForEach(Child);
        level--;
        NewLine();
        End(name);
    }

    /// <summary>The child elements in the order of the definitions; stable, so that arrays keep theirs.</summary>
    private List<Element> Children(Element of, TypeDefinition type)
    {
        var container = of.Index >= 0 && document.Nodes[of.Index].Kind == JsonKind.Object ? of.Index : of.Shadow;
        for (var i = container + 1; container >= 0 && i < document.Nodes[container].Next; i = document.Nodes[i].Next)
        {
            ref var node = ref document.Nodes[i];
            if (node.Definition == Node.None && !(type.Kind == TypeKind.Resource && node.Name(document.Utf8.Span).SequenceEqual("resourceType"u8)))
            {
                throw new XmlFault("R4 does not know this property, so it has no form in XML. Ask for JSON.", ElementPath.Of(document, i));
            }
        }

        var children = new List<Element>();
        foreach (var child in of.Children)
        {
            children.Add(child);
        }

        return children.Count < 2 ? children : [.. children.OrderBy(c => c.Definition!.Position)];
    }

    /// <summary>Writes the child when it is an attribute in XML; false when it is an element.</summary>
    private bool Attribute(TypeDefinition type, Element child)
    {
        if (!XmlTranslation.IsAttribute(type, child.Definition!))
        {
            return false;
        }

        if (child.Shadow >= 0 || child.Kind != JsonKind.String)
        {
            throw new XmlFault("An attribute in XML, so it can only be a text and have no extensions. Ask for JSON.", child.Path);
        }

        if (!text.Attribute(child.Definition!.JsonNameUtf8, child.Text))
        {
            throw NoCharacter(child);
        }

        return true;
    }

    private void Narrative(Element div)
    {
        if (div.Shadow >= 0 || div.Kind != JsonKind.String)
        {
            throw new XmlFault("A narrative is a text without extensions of its own. Ask for JSON.", div.Path);
        }

        text.Raw(Encoding.UTF8.GetBytes(XhtmlText.ForXml(div.AsString()!, div)));
    }

    private static Element Single(Element child) => child.Kind is not (JsonKind.Object or JsonKind.Array)
        ? child
        : throw new XmlFault($"A {child.Definition!.Type.Name} is a single value; an object or array here has no form in XML. Ask for JSON.", child.Path);

    private static Element Expect(Element child, JsonKind kind) => child.Kind == kind && child.Shadow < 0
        ? child
        : throw new XmlFault($"A {child.Definition!.Type.Name} is an object; what is here has no form in XML. Ask for JSON.", child.Path);

    private static XmlFault NoCharacter(Element child) =>
        new("The text has a control character, which XML cannot carry. Ask for JSON.", child.Path);

    private void End(ReadOnlySpan<byte> name)
    {
        text.Raw("</"u8);
        text.Raw(name);
        text.Raw(">"u8);
    }

    private void NewLine()
    {
        if (indented)
        {
            text.Raw("\n"u8);
            for (var i = 0; i < level; i++)
            {
                text.Raw("  "u8);
            }
        }
    }
}
