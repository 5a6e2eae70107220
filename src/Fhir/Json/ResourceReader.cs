using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;
using Salus.Fhir.Definitions;

namespace Salus.Fhir.Json;

/// <summary>Reads FHIR JSON (http://hl7.org/fhir/R4/json.html) into a <see cref="ResourceDocument"/>.</summary>
public static class ResourceReader
{
    /// <summary>The deepest nesting of objects and arrays that is read.</summary>
    public const int MaxDepth = 128;

    /// <summary>
    /// Reads one resource. False, with one issue that names the place, when the text is not UTF-8, not JSON, nested too deeply,
    /// has a property twice, or is not an R4 resource. What the specification says of its content is left to validation.
    /// The document keeps <paramref name="utf8"/>: do not change it afterwards.
    /// </summary>
    public static bool TryRead(
        ReadOnlyMemory<byte> utf8, FhirDefinitions definitions, [NotNullWhen(true)] out ResourceDocument? document, [NotNullWhen(false)] out Issue? issue) =>
        TryRead(utf8, definitions, null, out document, out issue);

    /// <summary>The same for a reader of many resources, one after the other.</summary>
    /// <param name="tape">The nodes of a document that is no longer used, to use them again; null for new ones.</param>
    internal static bool TryRead(
        ReadOnlyMemory<byte> utf8, FhirDefinitions definitions, Node[]? tape, [NotNullWhen(true)] out ResourceDocument? document, [NotNullWhen(false)] out Issue? issue)
    {
        document = null;
        if (utf8.Span.StartsWith("\uFEFF"u8))
        {
            utf8 = utf8[3..];
        }

        if (!Utf8.IsValid(utf8.Span))
        {
            issue = Fatal($"The text is not valid UTF-8 (first wrong byte at offset {FirstInvalid(utf8.Span)}). Send it encoded as UTF-8.");
            return false;
        }

        if (utf8.Span.TrimStart(" \t\r\n"u8) is [(byte)'<', ..])
        {
            issue = Fatal("A resource in JSON starts with '{'; this starts with '<', as XML does. Is the Content-Type right? XML is sent as application/fhir+xml.");
            return false;
        }

        Node[] nodes;
        int count;
        try
        {
            (nodes, count) = Scan(utf8.Span, tape);
        }
        catch (JsonException e)
        {
            issue = Fatal($"The text is not well-formed JSON: {Reason(e)} (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}).");
            return false;
        }

        if (nodes[0].Kind != JsonKind.Object)
        {
            issue = Fatal("A resource is a JSON object: it starts with '{' and has a resourceType.");
            return false;
        }

        var read = new ResourceDocument(definitions, utf8, nodes, count);
        issue = new Binder(read).Bind();
        if (issue is not null)
        {
            return false;
        }

        document = read;
        return true;
    }

    private static (Node[] Nodes, int Count) Scan(ReadOnlySpan<byte> utf8, Node[]? tape)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
        // Typical FHIR has a node per 20 to 30 bytes.
        var nodes = tape ?? new Node[(utf8.Length / 24) + 16];
        var count = 0;
        Span<int> open = stackalloc int[MaxDepth + 1];
        var depth = 0;
        var nameStart = -1;
        var nameLength = 0;
        var nameEscaped = false;
        while (reader.Read())
        {
            if (reader.ValueIsEscaped)
            {
                Surrogates.Check(reader);
            }

            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    nameStart = (int)reader.TokenStartIndex + 1;
                    nameLength = reader.ValueSpan.Length;
                    nameEscaped = reader.ValueIsEscaped;
                    if (nameLength > ushort.MaxValue)
                    {
                        throw new JsonException("a property name is longer than 65,535 bytes", null, 0, reader.TokenStartIndex);
                    }

                    continue;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    ref var closed = ref nodes[open[--depth]];
                    closed.Length = (int)reader.BytesConsumed - closed.Start;
                    closed.Next = count;
                    continue;
            }

            if (count == nodes.Length)
            {
                Array.Resize(ref nodes, nodes.Length * 2);
            }

            ref var node = ref nodes[count];
            node.NameStart = nameStart;
            node.NameLength = (ushort)nameLength;
            node.Definition = Node.None;
            node.Type = Node.None;
            node.Start = (int)reader.TokenStartIndex;
            node.Length = reader.ValueSpan.Length;
            node.Next = count + 1;
            node.Flags = nameEscaped ? NodeFlags.EscapedName : NodeFlags.None;
            node.Kind = Kind(reader.TokenType);
            if (node.Kind == JsonKind.String)
            {
                node.Start++;
                node.Flags |= reader.ValueIsEscaped ? NodeFlags.Escaped : NodeFlags.None;
            }
            else if (node.Kind is JsonKind.Object or JsonKind.Array)
            {
                open[depth++] = count;
            }

            count++;
            nameStart = -1;
            nameLength = 0;
            nameEscaped = false;
        }

        return (nodes, count);
    }

    private static JsonKind Kind(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => JsonKind.Object,
        JsonTokenType.StartArray => JsonKind.Array,
        JsonTokenType.String => JsonKind.String,
        JsonTokenType.Number => JsonKind.Number,
        JsonTokenType.True => JsonKind.True,
        JsonTokenType.False => JsonKind.False,
        _ => JsonKind.Null,
    };

    private static Issue Fatal(string message) => new(IssueSeverity.Fatal, "structure", message);

    // The framework's message ends with its own copy of the position.
    private static string Reason(JsonException e)
    {
        var end = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (end < 0 ? e.Message : e.Message[..end]).TrimEnd('.', ' ');
    }

    private static int FirstInvalid(ReadOnlySpan<byte> utf8)
    {
        var at = 0;
        while (at < utf8.Length && System.Text.Rune.DecodeFromUtf8(utf8[at..], out _, out var used) == System.Buffers.OperationStatus.Done)
        {
            at += used;
        }

        return at;
    }
}
