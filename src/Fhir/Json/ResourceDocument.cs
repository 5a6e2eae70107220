using Salus.Fhir.Definitions;

namespace Salus.Fhir.Json;

/// <summary>
/// A resource as its UTF-8 bytes and a tape of nodes over them: no object per element. Immutable once read; safe for all threads.
/// </summary>
public sealed class ResourceDocument
{
    internal ResourceDocument(FhirDefinitions definitions, ReadOnlyMemory<byte> utf8, Node[] nodes, int count)
    {
        Definitions = definitions;
        Utf8 = utf8;
        Nodes = nodes;
        Count = count;
    }

    public FhirDefinitions Definitions { get; }

    /// <summary>The JSON text.</summary>
    public ReadOnlyMemory<byte> Utf8 { get; }

    internal Node[] Nodes { get; }

    internal int Count { get; }

    /// <summary>The resource itself.</summary>
    public Element Root => new(this, 0, -1);

    /// <summary>The resource's type.</summary>
    public TypeDefinition Type => Root.Type!;

    /// <summary>The logical id, or null.</summary>
    public string? Id => Root.Child("id"u8).AsString();
}
