using System.Runtime.InteropServices;
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

    /// <summary>In place of an open question: none.</summary>
    private const int Nothing = int.MaxValue;

    /// <summary>In place of an open question: what was not checked.</summary>
    private const int Unknown = -1;

    private readonly Dictionary<(ResourceDocument, int, string), Verdict> verdicts = [];
    private readonly List<Question> asked = [];

    /// <summary>The answers that rest on an open question, in the order in which they came.</summary>
    private readonly List<(ResourceDocument, int, string)> resting = [];
    private readonly Dictionary<(ResourceDocument, int), BundleIndex> bundles = [];
    private long left = Least + ((long)PerNode * start.Document.Nodes.Length);

    /// <summary>The outermost open question that what was found out for the innermost one rests on.</summary>
    private int assumed = Nothing;

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
        if (!verdicts.TryGetValue(Key(element, url), out var verdict))
        {
            return null;
        }

        assumed = Math.Min(assumed, verdict.RestsOn);
        return verdict.Conforms;
    }

    /// <summary>Begins to find out. <see cref="Answer"/> comes for each, the last one asked first.</summary>
    internal void Ask(Element element, string url)
    {
        var key = Key(element, url);
        verdicts[key] = new Verdict(true, asked.Count);
        asked.Add(new Question(key, assumed, resting.Count));
        assumed = Nothing;
    }

    /// <summary>Keeps the answer: for good, or, when it rests on a question that is still open, until that one is answered. What was not checked is not kept.</summary>
    internal bool Answer(bool conforms)
    {
        var at = asked.Count - 1;
        var (key, around, from) = asked[at];
        asked.RemoveAt(at);
        var restsOn = assumed >= at ? Nothing : assumed;
        // Answers in between may have taken this one for a yes.
        if (conforms && restsOn != Unknown)
        {
            Move(from, at, restsOn);
        }
        else
        {
            Forget(from);
        }

        if (restsOn == Unknown)
        {
            verdicts.Remove(key);
        }
        else
        {
            verdicts[key] = new Verdict(conforms, restsOn);
            if (restsOn != Nothing)
            {
                resting.Add(key);
            }
        }

        assumed = Math.Min(around, restsOn);
        return conforms;
    }

    /// <summary>What rested on the question at <paramref name="at"/> rests on what that one does; on nothing, it is known for good.</summary>
    private void Move(int from, int at, int restsOn)
    {
        foreach (var key in CollectionsMarshal.AsSpan(resting)[from..])
        {
            var verdict = verdicts[key];
            verdicts[key] = verdict.RestsOn >= at ? verdict with { RestsOn = restsOn } : verdict;
        }

        if (restsOn == Nothing)
        {
            resting.RemoveRange(from, resting.Count - from);
        }
    }

    private void Forget(int from)
    {
        foreach (var key in CollectionsMarshal.AsSpan(resting)[from..])
        {
            verdicts.Remove(key);
        }

        resting.RemoveRange(from, resting.Count - from);
    }

    private static (ResourceDocument, int, string) Key(Element element, string url) => (element.Document, element.Index >= 0 ? element.Index : ~element.Shadow, url);

    internal BundleIndex Entries(Element bundle)
    {
        var key = (bundle.Document, bundle.Index);
        return bundles.TryGetValue(key, out var index) ? index : bundles[key] = new BundleIndex(bundle);
    }

    /// <param name="Conforms">While the question is open: yes.</param>
    /// <param name="RestsOn">The outermost open question that it rests on, itself included: its place in <see cref="asked"/>.</param>
    private readonly record struct Verdict(bool Conforms, int RestsOn);

    /// <param name="Around">What the answers of the question around it rested on when it was asked.</param>
    /// <param name="From">How many answers rested on open questions by then.</param>
    private readonly record struct Question((ResourceDocument, int, string) Key, int Around, int From);
}
