using Salus.Fhir.Definitions;

namespace Salus.Fhir.Json;

/// <summary>
/// Writes a part of a resource by copying what stays from its text; nothing is written anew but the tag SUBSETTED, which says that it is a part
/// (http://hl7.org/fhir/R4/valueset-common-tags.html).
/// </summary>
public static class ResourceSubset
{
    private static ReadOnlySpan<byte> Tag => """{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED"}"""u8;

    /// <summary>The resource with the elements that are kept. resourceType and meta always are; what the definitions do not know is not.</summary>
    /// <param name="keep">Whether an element is kept.</param>
    /// <param name="deep">Whether it is asked about the elements in backbone elements (<c>Patient.contact.gender</c>) too.</param>
    public static byte[] Write(ResourceDocument document, Func<ElementDefinition, bool> keep, bool deep)
    {
        var into = new MemoryStream(document.Utf8.Length + 128);
        var writer = new Writer(document, keep, deep, into);
        writer.Resource();
        return into.ToArray();
    }

    private sealed class Writer(ResourceDocument document, Func<ElementDefinition, bool> keep, bool deep, MemoryStream into)
    {
        private readonly Node[] nodes = document.Nodes;

        public void Resource()
        {
            into.Write("{\"resourceType\":\""u8);
            into.Write(System.Text.Encoding.ASCII.GetBytes(document.Type.Name));
            into.WriteByte((byte)'"');
            var tagged = false;
            for (var i = 1; i < nodes[0].Next; i = nodes[i].Next)
            {
                if (nodes[i].Definition == Node.None)
                {
                    continue;
                }

                var element = document.Definitions.Elements[nodes[i].Definition];
                if (element.Name == "meta" && nodes[i].Kind == JsonKind.Object)
                {
                    into.Write(",\"meta\":"u8);
                    Meta(i);
                    tagged = true;
                }
                else if (keep(element))
                {
                    into.WriteByte((byte)',');
                    Property(i);
                }
            }

            if (!tagged)
            {
                into.Write(",\"meta\":{\"tag\":["u8);
                into.Write(Tag);
                into.Write("]}"u8);
            }

            into.WriteByte((byte)'}');
        }

        private void Meta(int meta)
        {
            into.WriteByte((byte)'{');
            var tags = -1;
            var first = true;
            for (var i = meta + 1; i < nodes[meta].Next; i = nodes[i].Next)
            {
                if (nodes[i].Name(document.Utf8.Span).SequenceEqual("tag"u8) && nodes[i].Kind == JsonKind.Array)
                {
                    tags = i;
                    continue;
                }

                Separate(ref first);
                Copy(i);
            }

            Separate(ref first);
            into.Write("\"tag\":["u8);
            if (tags >= 0)
            {
                for (var i = tags + 1; i < nodes[tags].Next; i = nodes[i].Next)
                {
                    Value(i);
                    into.WriteByte((byte)',');
                }
            }

            into.Write(Tag);
            into.Write("]}"u8);
        }

        private void Property(int index)
        {
            if (!deep || nodes[index].Type == Node.None || document.Definitions.Types[nodes[index].Type].Kind != TypeKind.Backbone)
            {
                Copy(index);
                return;
            }

            into.WriteByte((byte)'"');
            into.Write(RawName(index));
            into.Write("\":"u8);
            if (nodes[index].Kind != JsonKind.Array)
            {
                Backbone(index);
                return;
            }

            into.WriteByte((byte)'[');
            var first = true;
            for (var i = index + 1; i < nodes[index].Next; i = nodes[i].Next)
            {
                Separate(ref first);
                Backbone(i);
            }

            into.WriteByte((byte)']');
        }

        private void Backbone(int index)
        {
            if (nodes[index].Kind != JsonKind.Object)
            {
                Value(index);
                return;
            }

            into.WriteByte((byte)'{');
            var first = true;
            for (var i = index + 1; i < nodes[index].Next; i = nodes[i].Next)
            {
                if (nodes[i].Definition != Node.None && keep(document.Definitions.Elements[nodes[i].Definition]))
                {
                    Separate(ref first);
                    Property(i);
                }
            }

            into.WriteByte((byte)'}');
        }

        // The property as it stands, from the quote of its name to the end of its value.
        private void Copy(int index)
        {
            into.WriteByte((byte)'"');
            into.Write(RawName(index));
            into.Write("\":"u8);
            Value(index);
        }

        private void Value(int index)
        {
            ref var node = ref nodes[index];
            into.Write(node.Kind == JsonKind.String ? document.Utf8.Span.Slice(node.Start - 1, node.Length + 2) : document.Utf8.Span.Slice(node.Start, node.Length));
        }

        private void Separate(ref bool first)
        {
            if (!first)
            {
                into.WriteByte((byte)',');
            }

            first = false;
        }

        private ReadOnlySpan<byte> RawName(int index) => nodes[index].RawName(document.Utf8.Span);
    }
}
