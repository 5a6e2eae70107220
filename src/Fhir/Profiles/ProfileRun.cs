using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;
using Salus.Fhir.Validation;

namespace Salus.Fhir.Profiles;

/// <summary>One validation against profiles: what a profile's plan asks is looked up on the elements of a resource. One thread.</summary>
internal sealed partial class ProfileRun
{
    /// <summary>How deeply profiles lead to profiles: of types, of targets, of slices.</summary>
    private const int MostNested = 24;

    private readonly ProfileSet profiles;
    private readonly PathContext outside;
    private readonly ProfileBudget budget;
    private readonly Element resource;
    private readonly Element root;
    private readonly Element bundle;
    private readonly int depth;
    private PathContext? context;

    /// <param name="profiles">What is loaded.</param>
    /// <param name="findings">Gets what is found.</param>
    /// <param name="outside">What invariants may ask.</param>
    /// <param name="resource">The innermost resource.</param>
    /// <param name="root">The one that holds it when it is contained; otherwise itself.</param>
    /// <param name="bundle">The bundle whose entries references may mean: the one around them, or the resource itself when it is one; nothing when there is none.</param>
    /// <param name="budget">What this validation shares.</param>
    /// <param name="depth">How many profiles led here.</param>
    internal ProfileRun(ProfileSet profiles, Findings findings, PathContext outside, Element resource, Element root, Element bundle, ProfileBudget budget, int depth = 0)
    {
        this.profiles = profiles;
        this.outside = outside;
        this.resource = resource;
        this.root = root;
        this.bundle = bundle;
        this.budget = budget;
        this.depth = depth;
        Findings = findings;
    }

    internal Findings Findings { get; }

    /// <summary>Checks an element against a plan.</summary>
    /// <param name="element">A resource, or an element in one.</param>
    /// <param name="plan">What is asked.</param>
    /// <param name="source">The profile's name, for messages.</param>
    internal void Check(Element element, PlanNode plan, string source)
    {
        if (Findings.Full || !budget.Spend(element))
        {
            return;
        }

        CheckValue(element, plan, source);
        foreach (var invariant in plan.Invariants)
        {
            if (invariant.Severity >= Findings.Least)
            {
                context ??= outside with { Resource = resource, RootResource = root };
                Findings.Judge(invariant, element, context, source);
            }
        }

        foreach (var child in plan.Children)
        {
            CheckChild(element, child, source);
        }
    }

    private void CheckValue(Element element, PlanNode plan, string source)
    {
        if (plan.Types is not null)
        {
            CheckType(element, plan.Types, source);
        }

        if (plan.Fixed.Exists && !ValueComparison.IsSame(element, plan.Fixed))
        {
            Report("value", element, $"{source} asks for the value {Show(plan.Fixed)} here, and no other.");
        }

        if (plan.Pattern.Exists && !ValueComparison.Fits(element, plan.Pattern))
        {
            Report("value", element, $"{source} asks for a value here that has {Show(plan.Pattern)}.");
        }

        CheckBounds(element, plan, source);
        if (plan.Binding is { } binding)
        {
            CheckBinding(element, binding, source);
        }

        if (plan.Targets is { } targets)
        {
            CheckTarget(element, targets, source);
        }
    }

    private void CheckChild(Element element, PlanChild child, string source)
    {
        var items = new List<Element>();
        foreach (var item in element.Named(child.Name))
        {
            items.Add(item);
        }

        if (items.Count < child.Min)
        {
            Report("required", element, $"{source} asks for {Number(child.Min)} {child.Label} here; there {Are(items.Count)}.", child.Name);
        }
        else if (items.Count > child.Max)
        {
            Report("structure", items[child.Max], $"{source} allows {(child.Max == 0 ? "no" : "at most " + Number(child.Max))} {child.Label} here; there {Are(items.Count)}.");
        }

        if (!ReferenceEquals(child.Node, PlanNode.Nothing))
        {
            foreach (var item in items)
            {
                Check(item, child.Node, source);
            }
        }

        if (child.Slicing is { } slicing)
        {
            CheckSlices(element, child, slicing, items, source);
        }
    }

    private void CheckSlices(Element parent, PlanChild child, PlanSlicing slicing, List<Element> items, string source)
    {
        var found = slicing.Slices.Select(_ => new List<Element>()).ToList();
        var (last, rest) = (0, false);
        foreach (var item in items)
        {
            if (!budget.Spend(item))
            {
                return;
            }

            var at = IndexOf(slicing.Slices, item);
            if (at < 0)
            {
                rest = true;
                CheckRest(item, child, slicing, source);
                continue;
            }

            found[at].Add(item);
            if (slicing.Ordered && at < last)
            {
                Report("structure", item, $"{source} has the slices of {child.Label} in order: '{slicing.Slices[at].Name}' stands before '{slicing.Slices[last].Name}'.");
            }

            if (slicing.Rules == SlicingRules.OpenAtEnd && rest)
            {
                Report("structure", item, $"{source} lets other values of {child.Label} stand only behind its slices; '{slicing.Slices[at].Name}' comes after one.");
            }

            last = Math.Max(last, at);
        }

        for (var i = 0; i < found.Count; i++)
        {
            CheckSlice(parent, child, slicing.Slices[i], found[i], source);
        }
    }

    private void CheckSlice(Element parent, PlanChild child, PlanSlice slice, List<Element> items, string source)
    {
        var label = $"{child.Label}:{slice.Name}";
        if (items.Count < slice.Min)
        {
            Report("required", parent, $"{source} asks for {Number(slice.Min)} {label} here; there {Are(items.Count)}.", child.Name);
        }
        else if (items.Count > slice.Max)
        {
            Report("structure", items[slice.Max], $"{source} allows {(slice.Max == 0 ? "no" : "at most " + Number(slice.Max))} {label} here; there {Are(items.Count)}.");
        }

        foreach (var item in items)
        {
            Check(item, slice.Node, source);
        }

        if (slice.Inner is { } inner)
        {
            CheckSlices(parent, child with { Label = label }, inner, items, source);
        }
    }

    private void CheckRest(Element item, PlanChild child, PlanSlicing slicing, string source)
    {
        if (slicing.Default is { } rest)
        {
            Check(item, rest.Node, source);
        }
        else if (slicing.Rules == SlicingRules.Closed)
        {
            var names = string.Join(", ", slicing.Slices.Select(s => s.Name));
            Report("structure", item, $"{source} allows no other values of {child.Label} than its slices ({names}); this is none of them.");
        }
    }

    private int IndexOf(IReadOnlyList<PlanSlice> slices, Element item)
    {
        for (var i = 0; i < slices.Count; i++)
        {
            if (slices[i].Tests.All(t => t.Passes(item, this)))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Whether an element has no error by a plan; false, with an issue that says so, when it cannot be found out within the means.</summary>
    internal bool Conforms(Element element, PlanNode plan)
    {
        if (!MayAsk(element))
        {
            return false;
        }

        var findings = new Findings(1, IssueSeverity.Error);
        Into(element, findings).Check(element, plan, "");
        return !findings.AnyError;
    }

    private bool MayAsk(Element element)
    {
        if (depth >= MostNested)
        {
            budget.Refuse(element, $"Profiles lead to profiles, more than {MostNested} deep");
            return false;
        }

        return budget.Spend(element);
    }

    /// <summary>A run one deeper, for an element of this one: around a resource it is another.</summary>
    private ProfileRun Into(Element element, Findings findings)
    {
        if (element.Type?.Kind != TypeKind.Resource)
        {
            return new ProfileRun(profiles, findings, outside, resource, root, bundle, budget, depth + 1);
        }

        var holder = element.Definition?.Name == "contained" ? root : element;
        return new ProfileRun(profiles, findings, outside, element, holder, element.Type.Name == "Bundle" ? element : bundle, budget, depth + 1);
    }

    /// <summary>Null when the profile is not known.</summary>
    internal bool? ConformsTo(Element element, string url)
    {
        if (url.StartsWith(ProfileSet.BasePrefix, StringComparison.Ordinal) && resource.Document.Definitions.Type(url[ProfileSet.BasePrefix.Length..]) is { } basic)
        {
            return element.Type?.Is(basic.Name);
        }

        if (profiles.Plan(url) is not { } plan)
        {
            return null;
        }

        if (element.Type?.Is(plan.Type.Name) != true)
        {
            return false;
        }

        if (budget.Known(element, plan.Url) is { } known)
        {
            return known;
        }

        if (!MayAsk(element))
        {
            return false;
        }

        budget.Ask(element, plan.Url);
        var findings = new Findings(1, IssueSeverity.Error);
        Into(element, findings).Check(element, plan.Root, plan.Title);
        return budget.Answer(!findings.AnyError);
    }

    private void Report(string code, Element element, string message, string? child = null, IssueSeverity severity = IssueSeverity.Error)
    {
        var path = element.Path;
        Findings.Add(new Issue(severity, code, message, child is null ? path : $"{path}.{child}"));
    }

    private static string Number(int count) => count switch { 1 => "one", int.MaxValue => "any number of", _ => count.ToString(System.Globalization.CultureInfo.InvariantCulture) };

    private static string Are(int count) => count switch { 0 => "is none", 1 => "is one", _ => $"are {count}" };

    private static string Show(Element value)
    {
        var text = System.Text.Encoding.UTF8.GetString(value.Text);
        text = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        text = value.Kind == JsonKind.String ? $"'{text}'" : text;
        return text.Length <= 200 ? text : text[..200] + "…";
    }
}
