using Salus.Records.Terminology.Content;

namespace Salus.Records.Terminology.ValueSets;

/// <summary>
/// Codes of one system that a value set has: those of a code system that is here, as bits or in the order they were listed, or codes of a system that is not.
/// Immutable.
/// </summary>
internal sealed class CodeSelection
{
    private CodeSelection(string url, string? version, CodeSystem? system, CodeBits? bits, IReadOnlyList<ListedCode>? listed)
    {
        Url = url;
        Version = version;
        System = system;
        Bits = bits;
        Listed = listed;
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

    /// <summary>A code as the code system writes it: not each tells apart upper and lower case.</summary>
    public string Known(string code) => System is not null && System.Find(code) is >= 0 and var place ? System.Code(place) : code;

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

    /// <summary>The codes of a list that a condition holds for.</summary>
    public CodeSelection Where(Func<string, bool> keep) => new(Url, Version, System, null, [.. Listed!.Where(l => keep(l.Code))]);
}
