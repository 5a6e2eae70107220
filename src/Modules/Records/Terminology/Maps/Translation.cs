using Salus.Records.Terminology.Calls;

namespace Salus.Records.Terminology.Maps;

/// <summary>What a code was translated to.</summary>
/// <param name="System">Of the target.</param>
/// <param name="Code">Null where the map says that nothing matches.</param>
/// <param name="Map">The canonical URL of the map that says so.</param>
internal sealed record Match(string Equivalence, string? System, string? Code, string? Display, IReadOnlyList<MapDependency> Products, string? Map)
{
    /// <summary>Whether it is a translation, rather than the statement that there is none.</summary>
    public bool Holds => Code is not null && Equivalence is not ("unmatched" or "disjoint");
}

/// <summary>What is asked of the maps.</summary>
/// <param name="TargetSystem">Only to this system; null for any.</param>
/// <param name="SourceSet">Only maps from this value set.</param>
/// <param name="TargetSet">Only maps to this one.</param>
/// <param name="Given">Element and code of what is known beside the code, for mappings that depend on it.</param>
/// <param name="Reverse">From target to source.</param>
internal sealed record TranslationRequest(
    string? TargetSystem, string? SourceSet, string? TargetSet, IReadOnlyList<(string Element, string? System, string Code)> Given, bool Reverse);

/// <summary>Translates codes (http://hl7.org/fhir/R4/conceptmap-operation-translate.html).</summary>
/// <param name="all">Every map there is, for those that refer to another one.</param>
internal sealed class Translation(IReadOnlyList<ConceptMap> all, TranslationRequest request)
{
    private ILookup<string?, ConceptMap>? byUrl;

    /// <summary>What the maps, and those that they refer to, make of a code.</summary>
    public List<Match> Of(IEnumerable<ConceptMap> maps, GivenCode code)
    {
        // A map says the same whichever way it was come to, and maps may refer to each other: each is asked once.
        var asked = new HashSet<ConceptMap>(ReferenceEqualityComparer.Instance);
        var open = new Queue<ConceptMap>(maps);
        var matches = new List<Match>();
        while (open.TryDequeue(out var map))
        {
            if (asked.Add(map) && Fits(request.SourceSet, request.Reverse ? map.Target : map.Source) && Fits(request.TargetSet, request.Reverse ? map.Source : map.Target))
            {
                matches.AddRange(map.Groups.SelectMany(g => request.Reverse ? Backward(map, g, code) : Forward(map, g, code, open)));
            }
        }

        return matches;
    }

    private static bool Fits(string? wanted, string? stated) => wanted is null || stated is null || wanted.Split('|')[0] == stated.Split('|')[0];

    private IEnumerable<Match> Forward(ConceptMap map, MapGroup group, GivenCode code, Queue<ConceptMap> open)
    {
        if (!IsOf(code.System, group.Source) || (request.TargetSystem is not null && group.Target is not null && group.Target != request.TargetSystem))
        {
            return [];
        }

        var elements = group.Elements.Where(e => e.Code == code.Code).ToList();
        return elements.Count == 0
            ? Unmapped(map, group, code, open)
            : elements.SelectMany(e => e.Targets).Where(Applies).Select(t => new Match(t.Equivalence, group.Target, t.Code, t.Display, t.Products, map.Url));
    }

    private IEnumerable<Match> Backward(ConceptMap map, MapGroup group, GivenCode code) =>
        !IsOf(code.System, group.Target) || (request.TargetSystem is not null && group.Source is not null && group.Source != request.TargetSystem)
            ? []
            : group.Elements.SelectMany(e => e.Targets, (e, t) => (Element: e, Target: t)).Where(m => m.Target.Code == code.Code && Applies(m.Target))
                .Select(m => new Match(Reversed(m.Target.Equivalence), group.Source, m.Element.Code, m.Element.Display, [], map.Url));

    // http://hl7.org/fhir/R4/conceptmap-definitions.html#ConceptMap.group.unmapped
    private List<Match> Unmapped(ConceptMap map, MapGroup group, GivenCode code, Queue<ConceptMap> open)
    {
        switch (group.Unmapped)
        {
            case { Mode: "provided" }:
                return [new Match("equal", group.Target, code.Code, code.Display, [], map.Url)];
            case { Mode: "fixed", Code: { } other } unmapped:
                return [new Match("relatedto", group.Target, other, unmapped.Display, [], map.Url)];
            case { Mode: "other-map", Url: { } url }:
                foreach (var referred in (byUrl ??= all.ToLookup(m => m.Url))[url.Split('|')[0]])
                {
                    open.Enqueue(referred);
                }

                return [];
            default:
                return [];
        }
    }

    private bool Applies(MapTarget target) => target.DependsOn.All(d => request.Given.Any(g => g.Element == d.Property && g.Code == d.Value && (d.System is null || g.System is null || g.System == d.System)));

    private static bool IsOf(string? system, string? group) => system is null || group is null || system == group;

    private static string Reversed(string equivalence) => equivalence switch
    {
        "wider" => "narrower",
        "narrower" => "wider",
        "subsumes" => "specializes",
        "specializes" => "subsumes",
        _ => equivalence,
    };
}
