using Salus.Fhir.Definitions;
using Salus.Fhir.Search;
using Salus.Kernel;
using Salus.Records.Search.Parameters;
using Salus.Records.Storage;

namespace Salus.Records.Search;

/// <summary>A name and its value become a <see cref="Criterion"/>; names with links in them (chains, <c>_has</c>) become one on the resources at the other end.</summary>
internal sealed class CriterionParser(SearchParameterSet parameters, IndexState index)
{
    // Each link is a subquery of its own.
    public const int MaxLinks = 8;

    // A reference to anything leads to about a hundred types with an identifier.
    private const int MaxTypes = 8;

    // Each type that a link may lead to is one; several references to anything, one after the other, would lead to millions.
    private const int MaxSteps = 2000;

    public Outcome<Criterion> Parse(string type, string name, string value) => Parse(type, name, value, new Walk(name), MaxLinks);

    /// <summary>The names that can be searched by.</summary>
    public IEnumerable<string> Known(string type) => parameters.For(type).Values
        .Where(p => IsIndexed(p) && index.IsComplete(p))
        .Select(p => p.Code).Append("_id").Append("_lastUpdated").Distinct().Order(StringComparer.Ordinal);

    /// <summary>Others have no rows in the index, and no rows must not look like "nothing matches".</summary>
    public static bool IsIndexed(ResourceParameter parameter) =>
        parameter.Definition.Expression is not null || IndexContents.IsNarrative(parameter);

    /// <summary>Null, or why a parameter cannot be used at this moment, as a criterion, to sort by or to follow.</summary>
    public Failure? Refusal(ResourceParameter? parameter, string name) => parameter is null ? null : index.Refusal(parameter, Facet.Value, name);

    /// <param name="name">What is left to be read of the name.</param>
    /// <param name="walk">The whole of it.</param>
    private Outcome<Criterion> Parse(string type, string name, string value, Walk walk, int links)
    {
        if (Exceeds(walk, links) is { } tooMuch)
        {
            return tooMuch;
        }

        if (name.StartsWith("_has:", StringComparison.Ordinal))
        {
            return Has(type, name, value, walk, links);
        }

        if (name == "_list")
        {
            return List(type, value, walk, links);
        }

        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot < 0
            ? Plain(type, name, Values(value), walk.Name)
            : Follow(type, name[..dot], name[(dot + 1)..], walk, there => Parse(there, name[(dot + 1)..], value, walk, links - 1));
    }

    /// <summary>Null, or that one more step on this way is too much.</summary>
    public static Failure? Exceeds(Walk walk, int links) =>
        links < 0 ? TooCostly(walk.Name, $"'{walk.Name}' follows more than {MaxLinks} references.")
        : ++walk.Steps > MaxSteps ? TooCostly(walk.Name, $"'{walk.Name}' leads to more types than are followed. Name the type behind each reference: subject:Patient.name.")
        : null;

    /// <summary>A parameter of the type itself.</summary>
    /// <param name="name">With its modifier.</param>
    /// <param name="values">One of them has to hold.</param>
    /// <param name="whole">The name in messages.</param>
    public Outcome<Criterion> Plain(string type, string name, IReadOnlyList<string> values, string whole)
    {
        var (code, modifier) = Split(name);
        var parameter = code is "_id" or "_lastUpdated" ? null : parameters.Find(type, code);
        if (parameter is null && code is not ("_id" or "_lastUpdated"))
        {
            return Unsupported(whole, code == "_content"
                ? "_content is off: it indexes all strings of all resources a second time. Salus:Records:Content=true turns it on and indexes what is stored; _text finds words of the narrative."
                : code == "_has"
                ? $"'{whole}' takes the form _has:Type:reference:parameter=value, for example Patient?_has:Observation:patient:code=1234-5."
                : $"{type} has no search parameter '{code}'. Known are: {string.Join(", ", Known(type))}. (Prefer: handling=lenient leaves unknown ones out.)");
        }

        if (parameter is not null && !IsIndexed(parameter))
        {
            return Unsupported(whole, $"The {parameter.Type} parameter '{code}' is not supported.");
        }

        if (!Modifiers(parameter).Contains(modifier) && !(parameter?.Type == SearchType.Reference && parameters.Definitions.Resource(modifier) is not null))
        {
            return Unsupported(whole, $"The modifier ':{modifier}' is not supported for '{code}'. Supported: {string.Join(", ", Modifiers(parameter).Where(m => m.Length > 0).Select(m => ":" + m))}.");
        }

        if (parameter is not null && Refused(parameter, modifier, values, whole) is { } refusal)
        {
            return refusal;
        }

        if (values.All(v => v.Length == 0))
        {
            return SearchText.Wrong(whole, string.Join(',', values), "at least one value");
        }

        if (modifier == "text" && IndexContents.IsUnion(parameter!))
        {
            return new WholeCriterion(parameter!, code, modifier, values, [.. Composites.Branches(parameter!, parameters.Current).Select(b => new[] { new Criterion(b, b.Code, modifier, values) })], Absent: false);
        }

        return parameter?.Type == SearchType.Composite ? Composite(parameter, code, modifier, values, whole) : new Criterion(parameter, code, modifier, values);
    }

    private Outcome<Criterion> Composite(ResourceParameter parameter, string code, string modifier, IReadOnlyList<string> values, string whole)
    {
        var snapshot = parameters.Current;
        if (parameter.Kind() == CompositeKind.Occurrence)
        {
            return new OccurrenceCriterion(parameter, code, modifier, values, Composites.Types(parameter, snapshot));
        }

        var branches = parameter.Kind() == CompositeKind.Whole ? [parameter] : Composites.Branches(parameter, snapshot);
        var alternatives = new List<IReadOnlyList<Criterion>>();
        foreach (var (branch, value) in branches.SelectMany(b => values, (b, v) => (b, v)))
        {
            var all = branch.Kind() == CompositeKind.Whole
                ? Parts(branch, modifier, value, whole)
                : new List<Criterion> { new OccurrenceCriterion(branch, branch.Code, modifier, [modifier == "missing" ? "false" : value], Composites.Types(branch, snapshot)) };
            if (all.Failed(out var failure))
            {
                return failure;
            }

            alternatives.Add(all.Value);
        }

        return modifier == "missing" && values is not (["true"] or ["false"])
            ? SearchText.Wrong(whole, string.Join(',', values), "true or false")
            : new WholeCriterion(parameter, code, modifier, values, alternatives, modifier == "missing" && values[0] == "true");
    }

    // code$value: a criterion for each part.
    private Outcome<List<Criterion>> Parts(ResourceParameter parameter, string modifier, string value, string whole)
    {
        var components = Composites.Components(parameter, parameters.Current).ToList();
        var parts = modifier == "missing" ? [.. components.Select(_ => "false")] : SearchText.Split(value, '$');
        if (parts.Count != components.Count || parts.Exists(p => p.Length == 0))
        {
            return SearchText.Wrong(whole, value, SearchText.CompositeForm(components.Select(c => c.Code)));
        }

        var all = new List<Criterion>();
        foreach (var (component, part) in components.Zip(parts))
        {
            var one = Plain(parameter.ResourceType.Name, modifier.Length == 0 ? component.Code : $"{component.Code}:{modifier}", [part], whole);
            if (one.Failed(out var failure))
            {
                return failure;
            }

            all.Add(one.Value);
        }

        return all;
    }

    /// <summary>A chain: subject:Patient.name, subject.name: on the resources that this one refers to.</summary>
    /// <param name="head">The reference, with the type behind it or without.</param>
    /// <param name="rest">What is asked there, for messages.</param>
    /// <param name="inner">What is asked of the resources of a type there.</param>
    public Outcome<Criterion> Follow(string type, string head, string rest, Walk walk, Func<string, Outcome<Criterion>> inner)
    {
        var whole = walk.Name;
        var (code, there) = Split(head);
        var found = Reference(type, code, whole);
        if (found.Failed(out var failure))
        {
            return failure;
        }

        var reference = found.Value;

        if (there.Length > 0 && parameters.Definitions.Resource(there) is null)
        {
            return Unsupported(whole, $"'{there}' in '{whole}' is no resource type of R4. Write {code}:Type.{rest}, with one of {string.Join(", ", Targets(reference).Take(MaxTypes))}.");
        }

        var ends = new List<LinkEnd>();
        Failure? last = null;
        foreach (var target in there.Length > 0 ? [there] : Targets(reference))
        {
            var asked = inner(target);
            if (!asked.Failed(out var wrong))
            {
                ends.Add(new LinkEnd(reference, type, target, Reverse: false, asked.Value));
            }
            else if (wrong.Kind is FailureKind.Unavailable or FailureKind.TooCostly)
            {
                // One that is being indexed, or leads to too much, would make the others' answer look like all of it.
                return wrong;
            }
            else if (last is null || wrong.Kind != FailureKind.NotSupported)
            {
                last = wrong;
            }

            if (ends.Count > MaxTypes)
            {
                return TooCostly(whole, $"'{whole}' leads to more than {MaxTypes} types. Name one: {code}:{ends[0].There}.{rest}.");
            }
        }

        // Types that lack the parameter do not matter while one has it; a value that none can read does.
        return ends.Count > 0 ? new LinkedCriterion(whole, ends) : last!;
    }

    // _has:Observation:patient:code: on the resources that refer to this one.
    private Outcome<Criterion> Has(string type, string name, string value, Walk walk, int links)
    {
        var whole = walk.Name;
        var parts = name.Split(':', 4);
        if (parts.Length < 4 || parts[3].Length == 0)
        {
            return SearchText.Wrong(whole, name, "the form _has:Type:reference:parameter, for example _has:Observation:patient:code");
        }

        if (parameters.Definitions.Resource(parts[1]) is null)
        {
            return Unsupported(whole, $"'{parts[1]}' in '{whole}' is no resource type of R4.");
        }

        var found = Reference(parts[1], parts[2], whole);
        if (found.Failed(out var failure))
        {
            return failure;
        }

        var reference = found.Value;

        if (!Targets(reference).Contains(type))
        {
            return Unsupported(whole, $"{parts[1]}.{parts[2]} does not refer to {type}; it refers to {string.Join(", ", Targets(reference).Take(MaxTypes))}.");
        }

        var inner = Parse(parts[1], parts[3], value, walk, links - 1);
        return inner.Failed(out failure) ? failure : new LinkedCriterion(whole, [new LinkEnd(reference, type, parts[1], Reverse: true, inner.Value)]);
    }

    // http://hl7.org/fhir/R4/search.html#list: the members of a List, by its id.
    private Outcome<Criterion> List(string type, string value, Walk walk, int links) => value.StartsWith('$')
        ? Unsupported("_list", $"The list '{value}' is not kept by this server; name the id of a List.")
        : Has(type, "_has:List:item:_id", value, walk, links);

    // A modifier may compare what is indexed for it alone.
    private Failure? Refused(ResourceParameter parameter, string modifier, IReadOnlyList<string> values, string whole) => modifier switch
    {
        "of-type" => index.Refusal(parameter, Facet.OfType, whole),
        "identifier" => index.Refusal(parameter, Facet.Identifier, whole),
        "text" when IndexContents.IsUnion(parameter) => Composites.Branches(parameter, parameters.Current).Select(p => index.Refusal(p, Facet.Text, whole)).FirstOrDefault(f => f is not null),
        "text" => index.Refusal(parameter, Facet.Text, whole),
        _ when parameter.Type == SearchType.Reference && values.Any(ReferenceParameter.HasVersion) && index.Refusal(parameter, Facet.Version, whole) is { } refusal => refusal,
        _ => index.Refusal(parameter, Facet.Value, whole) ?? Composites.Parts(parameter, parameters.Current).Select(p => index.Refusal(p, Facet.Value, whole)).FirstOrDefault(f => f is not null),
    };

    private Outcome<ResourceParameter> Reference(string type, string code, string whole) =>
        parameters.Find(type, code) is { Type: SearchType.Reference } reference && IsIndexed(reference)
            ? index.Refusal(reference, Facet.Value, whole) is { } refusal ? refusal : reference
            : Unsupported(whole, $"{type} has no reference parameter '{code}', which '{whole}' follows. Known are: {string.Join(", ", parameters.For(type).Values.Where(p => p.Type == SearchType.Reference).Select(p => p.Code).Order(StringComparer.Ordinal))}.");

    private IEnumerable<string> Targets(ResourceParameter reference) =>
        reference.Definition.Targets is { Count: > 0 } targets && !targets.Contains("Resource") ? targets : parameters.Definitions.ResourceTypes.Select(t => t.Name);

    private static (string Code, string Modifier) Split(string name)
    {
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (name, "") : (name[..colon], name[(colon + 1)..]);
    }

    private static string[] Modifiers(ResourceParameter? parameter) => parameter?.Type switch
    {
        null => [""],
        _ when IndexContents.IsNarrative(parameter) => ["", "missing"],
        SearchType.String => ["", "exact", "contains", "missing"],
        SearchType.Token => ["", "not", "in", "not-in", "above", "below", "text", "of-type", "missing"],
        SearchType.Reference => ["", "identifier", "above", "below", "text", "missing"],
        SearchType.Uri => ["", "above", "below", "missing"],
        _ => ["", "missing"],
    };

    // http://hl7.org/fhir/R4/search.html#escaping: a comma separates unless it is escaped.
    private static List<string> Values(string value) => SearchText.Split(value, ',');

    private static Failure TooCostly(string name, string message) => new(FailureKind.TooCostly, "too-costly", message, name);

    private static Failure Unsupported(string name, string message) => new(FailureKind.NotSupported, "not-supported", message, name);
}

/// <summary>One name on its way through the types.</summary>
internal sealed class Walk(string name)
{
    /// <summary>The whole of it, for messages.</summary>
    public string Name { get; } = name;

    public int Steps { get; set; }
}
