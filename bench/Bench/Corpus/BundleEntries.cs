using Salus.Fhir.Json;

namespace Salus.Bench.Corpus;

/// <summary>The resources in a bundle, and what the other entries call them.</summary>
internal static class BundleEntries
{
    public static List<(Element Resource, string FullUrl)> In(Element bundle)
    {
        var entries = new List<(Element, string)>();
        foreach (var entry in bundle.Named("entry"))
        {
            entries.Add((entry.Child("resource"u8), entry.Child("fullUrl"u8).AsString()!));
        }

        return entries;
    }
}
