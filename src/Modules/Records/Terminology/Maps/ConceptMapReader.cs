using Salus.Fhir.Json;

namespace Salus.Records.Terminology.Maps;

/// <summary>Reads a ConceptMap resource.</summary>
internal static class ConceptMapReader
{
    public static ConceptMap Read(Element resource)
    {
        var groups = new List<MapGroup>();
        foreach (var group in resource.Named("group"))
        {
            groups.Add(new MapGroup(Text(group, "source"u8), Text(group, "target"u8), Elements(group), Unmapped(group.Child("unmapped"u8))));
        }

        return new ConceptMap(
            Text(resource, "url"u8), Text(resource, "version"u8), Text(resource, "status"u8) ?? "unknown",
            Text(resource, "sourceUri"u8) ?? Text(resource, "sourceCanonical"u8), Text(resource, "targetUri"u8) ?? Text(resource, "targetCanonical"u8), groups);
    }

    private static List<MapElement> Elements(Element group)
    {
        var read = new List<MapElement>();
        foreach (var element in group.Named("element"))
        {
            var targets = new List<MapTarget>();
            foreach (var target in element.Named("target"))
            {
                targets.Add(new MapTarget(
                    Text(target, "code"u8), Text(target, "display"u8), Text(target, "equivalence"u8) ?? "relatedto", Dependencies(target, "dependsOn"), Dependencies(target, "product")));
            }

            read.Add(new MapElement(Text(element, "code"u8) ?? "", Text(element, "display"u8), targets));
        }

        return read;
    }

    private static List<MapDependency> Dependencies(Element target, string name)
    {
        var read = new List<MapDependency>();
        foreach (var one in target.Named(name))
        {
            read.Add(new MapDependency(Text(one, "property"u8) ?? "", Text(one, "system"u8), Text(one, "value"u8) ?? "", Text(one, "display"u8)));
        }

        return read;
    }

    private static Unmapped? Unmapped(Element unmapped) => unmapped.Exists
        ? new Unmapped(Text(unmapped, "mode"u8) ?? "", Text(unmapped, "code"u8), Text(unmapped, "display"u8), Text(unmapped, "url"u8))
        : null;

    private static string? Text(Element element, ReadOnlySpan<byte> name) => element.Child(name).AsString();
}
