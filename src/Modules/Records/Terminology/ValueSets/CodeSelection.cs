using Salus.Records.Terminology.Content;

namespace Salus.Records.Terminology.ValueSets;

/// <summary>
/// Codes of one system that a value set has: those of a code system that is here, as bits or in the order they were listed, or codes of a system that is not.
/// Immutable.
/// </summary>
internal sealed class CodeSelection
{
    private readonly Dictionary<string, ListedCode>? byCode;

    private CodeSelection(string url, string? version, CodeSystem? system, CodeBits? bits, IReadOnlyList<ListedCode>? listed)
    {
        Url = url;
        Version = version;
        System = system;
        Bits = bits;
        Listed = listed;
        byCode = listed?.GroupBy(l => l.Code, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
    }

    public string Url { get; }

    public string? Version { get; }

    /// <summary>Null when the system is not here.</summary>
    public CodeSystem? System { get; }

    /// <summary>Null when the codes are listed.</summary>
    public CodeBits? Bits { get; }

    public IReadOnlyList<ListedCode>? Listed { get; }

    public int Count => Bits?.Count ?? Listed!.Count;

    /// <summary>The codes in their order.</summary>
    public IEnumerable<string> Codes() => Bits?.Members().Select(System!.Code) ?? Listed!.Select(l => l.Code);

    public static CodeSelection Of(CodeSystem system, CodeBits bits) => new(system.Url, system.Header.Version, system, bits, null);

    /// <summary>Codes in the order of a list. Those that the whole system does not have are left out.</summary>
    public static CodeSelection Of(string url, string? version, CodeSystem? system, IEnumerable<ListedCode> listed) => new(
        url, version ?? system?.Header.Version, system, null,
        [.. listed.Where(l => system is not { IsComplete: true } || system.Find(l.Code) >= 0).DistinctBy(l => l.Code, StringComparer.Ordinal)]);

    public bool Contains(string code) => Bits is null ? byCode!.ContainsKey(code) : System!.Find(code) is >= 0 and var place && Bits[place];

    /// <summary>What this and another selection of the same system have in common, in this order.</summary>
    public CodeSelection Intersect(CodeSelection other) => Bits is not null && other.Bits is not null && System == other.System
        ? Of(System!, Bits.Copy().And(other.Bits))
        : Where(other.Contains);

    public CodeSelection Except(CodeSelection other) => Bits is not null && other.Bits is not null && System == other.System
        ? Of(System!, Bits.Copy().AndNot(other.Bits))
        : Where(code => !other.Contains(code));

    /// <summary>Without inactive codes.</summary>
    public CodeSelection Active() => Bits is not null
        ? Of(System!, Bits.Copy().AndNot(System!.Inactive))
        : new CodeSelection(Url, Version, System, null, [.. Listed!.Where(l => !IsInactive(l))]);

    /// <summary>Without codes that are for grouping only.</summary>
    public CodeSelection Selectable() => Bits is not null
        ? Of(System!, Bits.Copy().AndNot(System!.Abstract))
        : new CodeSelection(Url, Version, System, null, [.. Listed!.Where(l => !IsAbstract(l))]);

    /// <summary>The codes that a text finds (<see cref="WordIndex"/>).</summary>
    public CodeSelection Matching(string text)
    {
        if (Bits is not null)
        {
            return System!.Words.Search(text) is { } found ? Of(System, found.And(Bits)) : this;
        }

        return new CodeSelection(Url, Version, System, null, [.. Listed!.Where(l =>
            WordIndex.Matches(text, [l.Code, l.Display, System is not null && System.Find(l.Code) is >= 0 and var place ? System.Display(place) : null, .. l.Designations.Select(d => d.Value)]))]);
    }

    public bool IsInactive(ListedCode listed) => listed.Inactive || (System is not null && System.Find(listed.Code) is >= 0 and var place && System.IsInactive(place));

    public bool IsAbstract(ListedCode listed) => listed.Abstract || (System is not null && System.Find(listed.Code) is >= 0 and var place && System.IsAbstract(place));

    private CodeSelection Where(Func<string, bool> keep)
    {
        if (Bits is null)
        {
            return new CodeSelection(Url, Version, System, null, [.. Listed!.Where(l => keep(l.Code))]);
        }

        var kept = new CodeBits(System!.Count);
        foreach (var place in Bits.Members().Where(p => keep(System.Code(p))))
        {
            kept.Add(place);
        }

        return Of(System, kept);
    }
}
