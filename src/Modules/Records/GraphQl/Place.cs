using Salus.Fhir.Json;
using Salus.Records.Read;

namespace Salus.Records.GraphQl;

/// <summary>Where in the answer fields go.</summary>
/// <param name="Path">For errors; null for the root.</param>
/// <param name="List">Whether what stands around was flattened out of a list: then all of it are lists.</param>
/// <param name="Suffix">What <c>@slice</c> puts behind every name.</param>
/// <param name="Depth">How many fields it stands in.</param>
internal readonly record struct Place(PathStep? Path, bool List, string Suffix, int Depth)
{
    public static Place Root { get; } = new(null, false, "", 0);
}

/// <summary>What fields are read from.</summary>
/// <param name="Container">The resource in which <c>#id</c> is looked up.</param>
/// <param name="Stored">Its name in the record, where it is a resource of its own; null for all within.</param>
internal readonly record struct Focus(Element Element, Element Container, (string Type, string Id)? Stored)
{
    /// <summary>A resource of the record.</summary>
    public static Focus Of(ResourceDocument document, string type, string id) => new(document.Root, document.Root, (type, id));
}

/// <summary>A resource that a field waits for.</summary>
/// <param name="Field">A Target or a Read.</param>
/// <param name="Slot">Its place in the answer; null where it has none of its own.</param>
/// <param name="Place">Of the field.</param>
internal sealed record PendingResource(PlannedField Field, VersionName Name, OutObject Into, OutSlot? Slot, Place Place);

/// <summary>A search that a field waits for.</summary>
/// <param name="Owner">The resource it stands in; null at the level of the system.</param>
/// <param name="Place">Of what the field stands in.</param>
internal sealed record PendingSearch(PlannedField Field, (string Type, string Id)? Owner, OutObject Into, Place Place);
