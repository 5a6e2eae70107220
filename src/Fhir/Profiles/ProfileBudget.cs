using Salus.Fhir.Json;
using Salus.Fhir.Paths;
using Salus.Fhir.Validation;

namespace Salus.Fhir.Profiles;

/// <summary>
/// What the runs of one validation share: what they may still cost (discriminators by profile, of targets that have such again, multiply), and what they
/// found out and would ask again: which element conforms to which profile, and the entries of bundles. One thread.
/// </summary>
/// <param name="findings">Gets an error when the means are spent: what was not checked does not pass for valid.</param>
/// <param name="start">What is validated; the means grow with it.</param>
/// <param name="valueSets">Asked before the value sets that are loaded; null for none.</param>
internal sealed class ProfileBudget(Findings findings, Element start, IValueSets? valueSets)
{
    private const int Least = 2_000_000;
    private const int PerNode = 64;

    /// <summary>In place of an open question: what was not checked.</summary>
    private const int Unknown = -1;

    private readonly Dictionary<(ResourceDocument, int, string), bool?> verdicts = [];
    private readonly List<(ResourceDocument, int, string)> asked = [];
    private readonly Dictionary<(ResourceDocument, int), BundleIndex> bundles = [];
    private long left = Least + ((long)PerNode * start.Document.Nodes.Length);

    /// <summary>The outermost open question that the answers so far rest on.</summary>
    private int assumed = int.MaxValue;

    internal IValueSets? ValueSets => valueSets;

    /// <summary>Something was not checked; an error says so.</summary>
    internal bool Refused { get; private set; }

    /// <summary>False when there is nothing left.</summary>
    internal bool Spend(Element at)
    {
        if (left-- > 0)
        {
            return true;
        }

        Refuse(at, $"The profiles ask for more checks than {Least:N0}, and {PerNode} for each value in the resource");
        return false;
    }

    /// <summary>Says once that not everything is checked.</summary>
    internal void Refuse(Element at, string reason)
    {
        assumed = Unknown;
        if (!Refused)
        {
            Refused = true;
            findings.Add(new Issue(IssueSeverity.Error, "too-costly", $"{reason}: from here on not everything was checked. Validate its parts by themselves, or against fewer profiles.", at.Path));
        }
    }

    /// <summary>
    /// Whether an element conforms to a profile, when that is known. While it is being found out the answer is yes: resources that refer to each other
    /// conform as long as nothing else speaks against it.
    /// </summary>
    internal bool? Known(Element element, string url)
    {
        var key = Key(element, url);
        if (!verdicts.TryGetValue(key, out var verdict))
        {
            return null;
        }

        if (verdict is null)
        {
            assumed = Math.Min(assumed, asked.LastIndexOf(key));
        }

        return verdict ?? true;
    }

    /// <summary>Begins to find out. <see cref="Answer"/> comes for each, the last one asked first.</summary>
    internal void Ask(Element element, string url)
    {
        asked.Add(Key(element, url));
        verdicts[asked[^1]] = null;
    }

    /// <summary>Keeps the answer, unless it rests on one that is still open, or on what was not checked.</summary>
    internal bool Answer(bool conforms)
    {
        var at = asked.Count - 1;
        if (assumed >= at)
        {
            verdicts[asked[at]] = conforms;
            assumed = int.MaxValue;
        }
        else
        {
            verdicts.Remove(asked[at]);
        }

        asked.RemoveAt(at);
        assumed = at == 0 ? int.MaxValue : assumed;
        return conforms;
    }

    private static (ResourceDocument, int, string) Key(Element element, string url) => (element.Document, element.Index >= 0 ? element.Index : ~element.Shadow, url);

    internal BundleIndex Entries(Element bundle)
    {
        var key = (bundle.Document, bundle.Index);
        return bundles.TryGetValue(key, out var index) ? index : bundles[key] = new BundleIndex(bundle);
    }
}
