using System.Collections.Concurrent;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Fhir.Profiles;

/// <summary>
/// Membership in the value sets that R4 and packages carry: by expansion, or by composition as far as the code systems are there too.
/// What needs more (a filter, a code system that is elsewhere) is not known. Safe for all threads.
/// </summary>
internal sealed class ResourceValueSets : IValueSets
{
    /// <summary>How deeply value sets include each other.</summary>
    private const int MostNested = 16;

    private readonly FhirDefinitions definitions;
    private readonly Dictionary<string, CodeList> lists = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ValueSetContent?> published = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, HashSet<string>?> publishedSystems = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<ValueSetContent>> valueSets = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<HashSet<string>>> systems = new(StringComparer.Ordinal);

    internal ResourceValueSets(FhirDefinitions definitions)
    {
        this.definitions = definitions;
        foreach (var element in definitions.Elements)
        {
            if (element.Codes is { } codes)
            {
                lists.TryAdd(codes.ValueSet, codes);
            }
        }
    }

    internal bool Add(Element resource)
    {
        if (resource.Child("url"u8).AsString() is not { } url)
        {
            return false;
        }

        switch (resource.Type?.Name)
        {
            case "ValueSet":
                valueSets[url] = new(() => ValueSetContent.Read(resource));
                return true;
            case "CodeSystem":
                if (resource.Child("content"u8).AsString() == "complete")
                {
                    systems[url] = new(() => ValueSetContent.Codes(resource));
                }

                return true;
            default:
                return false;
        }
    }

    public bool? Contains(string valueSet, string? system, string code) => Contains(valueSet, system, code, 0);

    private bool? Contains(string valueSet, string? system, string code, int depth)
    {
        var url = valueSet.Split('|')[0];
        if (depth > MostNested)
        {
            return null;
        }

        var content = valueSets.TryGetValue(url, out var added) ? added.Value : lists.ContainsKey(url) ? null : published.GetOrAdd(url, Published);
        if (content is not null)
        {
            return content.Contains(system, code, InSystem, (v, s, c) => Contains(v, s, c, depth + 1));
        }

        if (!lists.TryGetValue(url, out var list))
        {
            return null;
        }

        var text = System.Text.Encoding.UTF8.GetBytes(code);
        return system is null ? list.Contains(text) : list.Contains(System.Text.Encoding.UTF8.GetBytes(system), text);
    }

    private bool? InSystem(string system, string code) =>
        systems.TryGetValue(system, out var added) ? added.Value.Contains(code) : publishedSystems.GetOrAdd(system, PublishedCodes)?.Contains(code);

    private ValueSetContent? Published(string url) => Read("ValueSet", url) is { Exists: true } valueSet ? ValueSetContent.Read(valueSet) : null;

    private HashSet<string>? PublishedCodes(string url) =>
        Read("CodeSystem", url) is { Exists: true } system && system.Child("content"u8).AsString() == "complete" ? ValueSetContent.Codes(system) : null;

    /// <summary>A terminology resource of R4 itself; nothing when there is none.</summary>
    private Element Read(string type, string url) =>
        BaseTerminology.R4.Find(type, url) is { } found && ResourceReader.TryRead(BaseTerminology.R4.Read(found), definitions, out var document, out _) ? document.Root : default;
}
