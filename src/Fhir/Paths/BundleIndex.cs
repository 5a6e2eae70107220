using Salus.Fhir.Json;

namespace Salus.Fhir.Paths;

/// <summary>
/// The resources of a Bundle by what references call them: an absolute reference means the entry with that fullUrl, a relative one the entry of that
/// type and id (http://hl7.org/fhir/R4/bundle.html#references). Of several the first. By a table, because bundles have thousands of entries and references.
/// </summary>
internal sealed class BundleIndex
{
    private readonly Dictionary<string, Element> resources = new(StringComparer.Ordinal);

    internal BundleIndex(Element bundle)
    {
        foreach (var entry in bundle.Named("entry"))
        {
            Entries++;
            if (entry.Child("resource"u8) is not { HasValue: true } resource)
            {
                continue;
            }

            if (entry.Child("fullUrl"u8).AsString() is { } url)
            {
                resources.TryAdd(url, resource);
            }

            if (resource.Child("id"u8).AsString() is { } id)
            {
                resources.TryAdd($"{resource.Type?.Name}/{id}", resource);
            }
        }
    }

    internal int Entries { get; }

    /// <summary>Nothing when no entry is meant.</summary>
    internal Element Find(string reference) => resources.GetValueOrDefault(reference);
}
