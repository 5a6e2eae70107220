using System.Text.Json;

namespace Salus.DefinitionsCompiler;

/// <summary>Expands value sets (http://hl7.org/fhir/R4/valueset.html#compositions) as far as the package has their whole content.</summary>
internal sealed class ValueSetExpander
{
    private readonly Dictionary<string, JsonElement> valueSets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CodeSystem> systems = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyCollection<SystemCode>?> expanded = new(StringComparer.Ordinal);

    internal ValueSetExpander(R4Package package)
    {
        foreach (var file in new[] { "valuesets.json", "v3-codesystems.json", "v2-tables.json" })
        {
            foreach (var resource in package.Resources(file, "ValueSet"))
            {
                valueSets.TryAdd(resource.Text("url")!, resource);
            }

            foreach (var resource in package.Resources(file, "CodeSystem").Where(resource => resource.Text("content") == "complete"))
            {
                systems.TryAdd(resource.Text("url")!, new CodeSystem(resource));
            }
        }
    }

    /// <summary>All codes of a value set; null when the package does not have them all.</summary>
    internal IReadOnlyCollection<SystemCode>? Expand(string url)
    {
        url = url.Split('|')[0];
        if (expanded.TryGetValue(url, out var known))
        {
            return known;
        }

        expanded[url] = null; // A value set that includes itself is not expandable.
        return expanded[url] = valueSets.TryGetValue(url, out var valueSet) && valueSet.TryGetProperty("compose", out var compose) ? Compose(compose) : null;
    }

    private List<SystemCode>? Compose(JsonElement compose)
    {
        var codes = new List<SystemCode>();
        foreach (var include in compose.List("include"))
        {
            if (Select(include) is not { } some)
            {
                return null;
            }

            codes.AddRange(some);
        }

        foreach (var exclude in compose.List("exclude"))
        {
            if (Select(exclude) is not { } some)
            {
                return null;
            }

            var gone = some.ToHashSet();
            codes.RemoveAll(gone.Contains);
        }

        return codes.Count == 0 ? null : [.. codes.Distinct()];
    }

    /// <summary>The codes of one include or exclude: what its system part and each of its value sets have in common.</summary>
    private IEnumerable<SystemCode>? Select(JsonElement part)
    {
        IEnumerable<SystemCode>? codes = null;
        if (part.Text("system") is { } system)
        {
            codes = SystemCodes(part, system);
            if (codes is null)
            {
                return null;
            }
        }

        foreach (var url in part.Texts("valueSet"))
        {
            if (Expand(url) is not { } set)
            {
                return null;
            }

            codes = codes is null ? set : codes.Intersect(set);
        }

        return codes;
    }

    private IEnumerable<SystemCode>? SystemCodes(JsonElement part, string url)
    {
        if (part.List("concept").Select(concept => concept.Text("code")!).ToList() is { Count: > 0 } listed)
        {
            return listed.Select(code => new SystemCode(url, code));
        }

        if (!systems.TryGetValue(url, out var system))
        {
            return null;
        }

        IEnumerable<string> codes = system.Codes;
        foreach (var filter in part.List("filter"))
        {
            var value = filter.Text("value")!;
            switch (filter.Text("property"), filter.Text("op"))
            {
                case ("concept", "is-a"):
                    codes = codes.Intersect(system.Below(value).Append(value));
                    break;
                case ("concept", "descendent-of"):
                    codes = codes.Intersect(system.Below(value));
                    break;
                default:
                    return null;
            }
        }

        return codes.Select(code => new SystemCode(url, code)).ToList();
    }
}
