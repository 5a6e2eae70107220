using Salus.Fhir.Definitions;
using Salus.Fhir.Search;
using Salus.Kernel;
using Salus.Records.Search.Parameters;

namespace Salus.Records.Search;

/// <summary>A name and its value become a <see cref="Criterion"/>; names with links in them (chains, <c>_has</c>) become one on the resources at the other end.</summary>
internal sealed class CriterionParser(SearchParameterSet parameters)
{
    // Each link is a subquery of its own.
    private const int MaxLinks = 8;

    // A reference to anything leads to about a hundred types with an identifier.
    private const int MaxTypes = 8;

    public Outcome<Criterion> Parse(string type, string name, string value) => Parse(type, name, value, name, MaxLinks);

    /// <summary>The names that can be searched by.</summary>
    public IEnumerable<string> Known(string type) => parameters.For(type).Values
        .Where(IsIndexed)
        .Select(p => p.Code).Append("_id").Append("_lastUpdated").Distinct().Order(StringComparer.Ordinal);

    /// <summary>Others have no rows in the index, and no rows must not look like "nothing matches".</summary>
    public static bool IsIndexed(ResourceParameter parameter) =>
        parameter.Type is not (SearchType.Composite or SearchType.Special) && parameter.Definition.Expression is not null;

    /// <param name="name">What is left to be read of the name.</param>
    /// <param name="whole">The whole of it, for messages.</param>
    private Outcome<Criterion> Parse(string type, string name, string value, string whole, int links)
    {
        if (links < 0)
        {
            return new Failure(FailureKind.TooCostly, "too-costly", $"'{whole}' follows more than {MaxLinks} references.", whole);
        }

        if (name.StartsWith("_has:", StringComparison.Ordinal))
        {
            return Has(type, name, value, whole, links);
        }

        if (name == "_list")
        {
            return List(type, value, links);
        }

        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? Plain(type, name, value, whole) : Chain(type, name[..dot], name[(dot + 1)..], value, whole, links);
    }

    private Outcome<Criterion> Plain(string type, string name, string value, string whole)
    {
        var (code, modifier) = Split(name);
        var parameter = code is "_id" or "_lastUpdated" ? null : parameters.Find(type, code);
        if (parameter is null && code is not ("_id" or "_lastUpdated"))
        {
            return Unsupported(whole, code == "_has"
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

        var values = Values(value);
        return values.All(v => v.Length == 0)
            ? SearchText.Wrong(whole, value, "at least one value")
            : new Criterion(parameter, code, modifier, values);
    }

    // subject:Patient.name, subject.name: on the resources that this one refers to.
    private Outcome<Criterion> Chain(string type, string head, string rest, string value, string whole, int links)
    {
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
            var inner = Parse(target, rest, value, whole, links - 1);
            if (!inner.Failed(out var wrong))
            {
                ends.Add(new LinkEnd(reference, type, target, Reverse: false, inner.Value));
            }
            else if (last is null || wrong.Kind != FailureKind.NotSupported)
            {
                last = wrong;
            }
        }

        if (ends.Count > MaxTypes)
        {
            return Unsupported(whole, $"'{whole}' leads to {ends.Count} types. Name one: {code}:{ends[0].There}.{rest}.");
        }

        // Types that lack the parameter do not matter while one has it; a value that none can read does.
        return ends.Count > 0 ? new LinkedCriterion(whole, ends) : last!;
    }

    // _has:Observation:patient:code: on the resources that refer to this one.
    private Outcome<Criterion> Has(string type, string name, string value, string whole, int links)
    {
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

        var inner = Parse(parts[1], parts[3], value, whole, links - 1);
        return inner.Failed(out failure) ? failure : new LinkedCriterion(whole, [new LinkEnd(reference, type, parts[1], Reverse: true, inner.Value)]);
    }

    // http://hl7.org/fhir/R4/search.html#list: the members of a List, by its id.
    private Outcome<Criterion> List(string type, string value, int links) => value.StartsWith('$')
        ? Unsupported("_list", $"The list '{value}' is not kept by this server; name the id of a List.")
        : Has(type, "_has:List:item:_id", value, "_list", links);

    private Outcome<ResourceParameter> Reference(string type, string code, string whole) =>
        parameters.Find(type, code) is { Type: SearchType.Reference } reference && IsIndexed(reference)
            ? reference
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
        SearchType.String => ["", "exact", "contains", "missing"],
        SearchType.Token => ["", "not", "missing"],
        SearchType.Uri => ["", "below", "missing"],
        _ => ["", "missing"],
    };

    // http://hl7.org/fhir/R4/search.html#escaping: a comma separates unless it is escaped.
    private static List<string> Values(string value)
    {
        var values = new List<string>();
        var start = 0;
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '\\')
            {
                i++;
            }
            else if (value[i] == ',')
            {
                values.Add(value[start..i]);
                start = i + 1;
            }
        }

        values.Add(value[start..]);
        return values;
    }

    private static Failure Unsupported(string name, string message) => new(FailureKind.NotSupported, "not-supported", message, name);
}
