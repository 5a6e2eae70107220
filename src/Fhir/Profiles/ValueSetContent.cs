using Salus.Fhir.Json;

namespace Salus.Fhir.Profiles;

/// <summary>What a ValueSet resource lists (http://hl7.org/fhir/R4/valueset.html#compositions). Immutable.</summary>
internal sealed class ValueSetContent
{
    private readonly HashSet<(string System, string Code)>? expansion;
    private readonly List<Part> includes = [];
    private readonly List<Part> excludes = [];

    private ValueSetContent(HashSet<(string, string)>? expansion) => this.expansion = expansion;

    internal static ValueSetContent Read(Element valueSet)
    {
        var content = new ValueSetContent(Expansion(valueSet.Child("expansion"u8)));
        foreach (var part in valueSet.Child("compose"u8).Named("include"))
        {
            content.includes.Add(Part.Read(part));
        }

        foreach (var part in valueSet.Child("compose"u8).Named("exclude"))
        {
            content.excludes.Add(Part.Read(part));
        }

        return content;
    }

    /// <summary>All codes of a CodeSystem, with those below others.</summary>
    internal static HashSet<string> Codes(Element codeSystem)
    {
        var codes = new HashSet<string>(StringComparer.Ordinal);
        Collect(codeSystem, "concept", concept =>
        {
            if (concept.Child("code"u8).AsString() is { } code)
            {
                codes.Add(code);
            }
        });
        return codes;
    }

    /// <param name="system">Null for any.</param>
    /// <param name="code">The code.</param>
    /// <param name="inSystem">Whether a code system has a code; null when it is not known.</param>
    /// <param name="inValueSet">Whether another value set has it.</param>
    internal bool? Contains(string? system, string code, Func<string, string, bool?> inSystem, Func<string, string?, string, bool?> inValueSet)
    {
        if (expansion is not null)
        {
            return system is null ? expansion.Any(c => c.Code == code) : expansion.Contains((system, code));
        }

        if (includes.Count == 0)
        {
            return null;
        }

        var included = Any(includes, system, code, inSystem, inValueSet);
        return included == false ? false : Any(excludes, system, code, inSystem, inValueSet) switch { true => false, false => included, null => null };
    }

    private static bool? Any(List<Part> parts, string? system, string code, Func<string, string, bool?> inSystem, Func<string, string?, string, bool?> inValueSet)
    {
        bool? found = false;
        foreach (var part in parts)
        {
            // True or unknown is true, false or unknown is unknown.
            found |= part.Contains(system, code, inSystem, inValueSet);
            if (found == true)
            {
                break;
            }
        }

        return found;
    }

    // An expansion in pages, or of a part of the value set, does not tell what is not in it.
    private static HashSet<(string, string)>? Expansion(Element expansion)
    {
        if (!expansion.Exists || expansion.Child("offset"u8).Exists || expansion.Child("parameter"u8).Exists)
        {
            return null;
        }

        var codes = new HashSet<(string, string)>();
        Collect(expansion, "contains", one =>
        {
            if (one.Child("code"u8).AsString() is { } code && one.Child("abstract"u8).Kind != JsonKind.True)
            {
                codes.Add((one.Child("system"u8).AsString() ?? "", code));
            }
        });
        return codes.Count == 0 ? null : codes;
    }

    private static void Collect(Element element, string name, Action<Element> add)
    {
        foreach (var child in element.Named(name))
        {
            add(child);
            Collect(child, name, add);
        }
    }

    /// <summary>One include or exclude: what its system part and each of its value sets have in common.</summary>
    private sealed record Part(string? System, HashSet<string>? Listed, bool Filtered, IReadOnlyList<string> ValueSets)
    {
        internal static Part Read(Element part)
        {
            HashSet<string>? listed = null;
            foreach (var concept in part.Named("concept"))
            {
                (listed ??= new HashSet<string>(StringComparer.Ordinal)).Add(concept.Child("code"u8).AsString() ?? "");
            }

            var valueSets = new List<string>();
            foreach (var url in part.Named("valueSet"))
            {
                valueSets.Add(url.AsString() ?? "");
            }

            return new Part(part.Child("system"u8).AsString(), listed, part.Child("filter"u8).Exists, valueSets);
        }

        internal bool? Contains(string? system, string code, Func<string, string, bool?> inSystem, Func<string, string?, string, bool?> inValueSet)
        {
            bool? result = true;
            if (System is not null)
            {
                result = system is not null && system != System ? false
                    : Listed is not null ? Listed.Contains(code)
                    : inSystem(System, code) is var known && Filtered && known != false ? null : known;
            }

            foreach (var url in ValueSets)
            {
                result = (result, inValueSet(url, system, code)) switch
                {
                    (false, _) or (_, false) => false,
                    (true, true) => true,
                    _ => null,
                };
            }

            return result;
        }
    }
}
