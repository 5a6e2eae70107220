using System.Text.RegularExpressions;
using Salus.Kernel;
using Salus.Records.Terminology.Content;

namespace Salus.Records.Terminology.ValueSets;

/// <summary>
/// A filter of an include on one code system (http://hl7.org/fhir/R4/valueset-filter-operator.html): for one concept, or for all at once.
/// </summary>
internal sealed class ConceptFilter
{
    private readonly CodeSystem system;
    private readonly Func<int, bool> matches;
    private readonly Func<CodeBits>? all;

    private ConceptFilter(CodeSystem system, Func<int, bool> matches, Func<CodeBits>? all = null)
    {
        this.system = system;
        this.matches = matches;
        this.all = all;
    }

    public bool Matches(int place) => matches(place);

    public CodeBits All()
    {
        if (all is not null)
        {
            return all();
        }

        var found = new CodeBits(system.Count);
        for (var place = 0; place < system.Count; place++)
        {
            if (matches(place))
            {
                found.Add(place);
            }
        }

        return found;
    }

    /// <summary>Fails when the operator, the property or the value is none that this code system has.</summary>
    public static Outcome<ConceptFilter> Of(CodeSystem system, PropertyFilter filter)
    {
        if (filter.Op is "is-a" or "descendent-of" or "is-not-a" or "generalizes")
        {
            return Hierarchy(system, filter);
        }

        if (!IsBuiltIn(filter.Property) && !system.KnowsProperty(filter.Property))
        {
            var known = string.Join(", ", system.PropertyNames.Order(StringComparer.Ordinal).Concat(["code", "display", "parent", "child", "inactive"]).Distinct().Take(40));
            return Wrong(system, filter, "value", $"the code system has no property '{filter.Property}'; it has {known}");
        }

        switch (filter.Op)
        {
            case "=":
                return new ConceptFilter(system, place => Values(system, place, filter.Property).Contains(filter.Value));
            case "in" or "not-in":
                var listed = filter.Value.Split(',', StringSplitOptions.TrimEntries).ToHashSet(StringComparer.Ordinal);
                var wanted = filter.Op == "in";
                return new ConceptFilter(system, place => Values(system, place, filter.Property).Any(listed.Contains) == wanted);
            case "exists" when filter.Value is "true" or "false":
                return new ConceptFilter(system, place => Values(system, place, filter.Property).Any() == (filter.Value == "true"));
            case "exists":
                return Wrong(system, filter, "value", "'exists' takes true or false");
            case "regex":
                return Pattern(system, filter);
            default:
                return Wrong(system, filter, "not-supported", "the operator is none of =, is-a, descendent-of, is-not-a, regex, in, not-in, generalizes, exists");
        }
    }

    private static Outcome<ConceptFilter> Hierarchy(CodeSystem system, PropertyFilter filter)
    {
        if (filter.Property is not ("concept" or "code" or "parent"))
        {
            return Wrong(system, filter, "value", $"'{filter.Op}' is about the hierarchy; its property is 'concept'");
        }

        var place = system.Find(filter.Value);
        if (place < 0)
        {
            return Wrong(system, filter, "code-invalid", $"there is no code '{filter.Value}'");
        }

        return filter.Op switch
        {
            "is-a" => new ConceptFilter(system, p => p == place || system.IsBelow(p, place), () => With(system.Below(place), place)),
            "descendent-of" => new ConceptFilter(system, p => system.IsBelow(p, place), () => system.Below(place)),
            "is-not-a" => new ConceptFilter(system, p => p != place && !system.IsBelow(p, place), () => CodeBits.All(system.Count).AndNot(With(system.Below(place), place))),
            _ => new ConceptFilter(system, p => p == place || system.IsBelow(place, p), () => With(system.Above(place), place)),
        };
    }

    private static CodeBits With(CodeBits bits, int place)
    {
        bits.Add(place);
        return bits;
    }

    private static Outcome<ConceptFilter> Pattern(CodeSystem system, PropertyFilter filter)
    {
        try
        {
            // Linear in the length of the text, whatever the expression; what this engine lacks (back references, look-around) is refused.
            var regex = new Regex($"^(?:{filter.Value})$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return new ConceptFilter(system, place => Values(system, place, filter.Property).Any(regex.IsMatch));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return Wrong(system, filter, "value", $"the regular expression cannot be used: {e.Message}");
        }
    }

    private static bool IsBuiltIn(string property) => property is "code" or "concept" or "display" or "definition" or "parent" or "child" or "inactive" or "notSelectable" or "designation";

    private static IEnumerable<string> Values(CodeSystem system, int place, string property) => property switch
    {
        "code" or "concept" => [system.Code(place)],
        "display" => system.Display(place) is { } display ? [display] : [],
        "definition" => system.Definition(place) is { } definition ? [definition] : [],
        "designation" => system.Designations(place).Select(d => d.Value),
        "parent" => Codes(system, system.Parents(place)),
        "child" => Codes(system, system.Children(place)),
        "inactive" => [system.IsInactive(place) ? "true" : "false"],
        "notSelectable" => [system.IsAbstract(place) ? "true" : "false"],
        _ => system.Properties(place).Where(p => p.Key == property).Select(p => p.Value.Text),
    };

    private static List<string> Codes(CodeSystem system, ReadOnlySpan<int> places)
    {
        var codes = new List<string>(places.Length);
        foreach (var place in places)
        {
            codes.Add(system.Code(place));
        }

        return codes;
    }

    private static Failure Wrong(CodeSystem system, PropertyFilter filter, string code, string reason) => new(
        FailureKind.Invalid, code, $"The filter '{filter.Property} {filter.Op} {filter.Value}' does not fit {system.Header.Canonical}: {reason}.");
}
