using Salus.Fhir.Json;

namespace Salus.Fhir.Validation.Invariants;

/// <summary>
/// Invariant bdl-7: in a bundle that is no history, each fullUrl stands once, or once per version. By a set, because bundles have thousands of entries.
/// Invariant bdl-3: which bundles' entries have a request. By code, so that it names the entry.
/// </summary>
internal static class BundleEntries
{
    internal static void Check(ResourceDocument document, int index, Findings findings)
    {
        var bundle = new Element(document, index, -1);
        Requests(bundle, document, findings);
        if (bundle.Child("type"u8).Text.SequenceEqual("history"u8))
        {
            return;
        }

        HashSet<(string Url, string Version)>? seen = null;
        foreach (var entry in bundle.Named("entry"))
        {
            if (entry.Child("fullUrl"u8).AsString() is not { } url)
            {
                continue;
            }

            var version = entry.Child("resource"u8).Child("meta"u8).Child("versionId"u8).AsString() ?? "";
            seen ??= [];
            if (!seen.Add((url, version)))
            {
                findings.Add(IssueSeverity.Error, "invariant", entry.Index, document, $"bdl-7: the fullUrl {url} stands twice in this bundle. Entries have different ones, or resources with different meta.versionId.");
            }
        }
    }

    private static void Requests(Element bundle, ResourceDocument document, Findings findings)
    {
        var type = bundle.Child("type"u8).AsString();
        var requests = type is "batch" or "transaction" or "history";
        foreach (var entry in bundle.Named("entry"))
        {
            if (entry.Child("request"u8).HasValue != requests)
            {
                findings.Add(
                    IssueSeverity.Error, "invariant", entry.Index, document,
                    requests ? $"bdl-3: an entry of a {type} needs a request." : "bdl-3: only entries of a batch, transaction or history have a request.");
            }
        }
    }
}
