using System.Collections.Concurrent;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Fhir.Profiles;

/// <summary>
/// Membership in the value sets that definitions and packages carry: by expansion, or by composition as far as the code systems are there too.
/// What needs more (a filter, a code system that is elsewhere) is not known. Safe for all threads.
/// </summary>
internal sealed class ResourceValueSets : IValueSets
{
    /// <summary>How deeply value sets include each other.</summary>
    private const int MostNested = 16;

    private readonly Dictionary<string, CodeList> lists = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<ValueSetContent>> valueSets = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<HashSet<string>>> systems = new(StringComparer.Ordinal);

    internal ResourceValueSets(FhirDefinitions definitions)
    {
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

        if (valueSets.TryGetValue(url, out var content))
        {
            return content.Value.Contains(system, code, (s, c) => systems.TryGetValue(s, out var known) ? known.Value.Contains(c) : null, (v, s, c) => Contains(v, s, c, depth + 1));
        }

        if (!lists.TryGetValue(url, out var list))
        {
            return null;
        }

        var text = System.Text.Encoding.UTF8.GetBytes(code);
        return system is null ? list.Contains(text) : list.Contains(System.Text.Encoding.UTF8.GetBytes(system), text);
    }
}
