using System.Globalization;
using Microsoft.Extensions.Options;
using Salus.Fhir.Definitions;
using Salus.Fhir.Paths;
using Salus.Fhir.Search;
using Salus.Fhir.Validation;
using Salus.Records.Search;
using Salus.Records.Search.Parameters;

namespace Salus.Records.GraphQl;

/// <summary>A search that a field asks for: <c>PatientList</c>, <c>PatientConnection</c>, alone or below a resource.</summary>
/// <param name="Type">The type that is searched.</param>
/// <param name="Query">The search as in an address.</param>
internal sealed record SearchField(TypeDefinition Type, IReadOnlyList<KeyValuePair<string, string>> Query)
{
    /// <summary>The parameter that leads to the resource it stands in; null at the level of the system.</summary>
    public ResourceParameter? Reference { get; init; }

    /// <summary>A condition on what is found; null for none.</summary>
    public FhirPath? Condition { get; init; }

    /// <summary>How many were asked for; null for all, where they are not too many.</summary>
    public int? Count { get; init; }

    /// <summary>Whether it begins at a cursor.</summary>
    public bool Continues { get; init; }
}

/// <summary>From the arguments of a field to a search, by the same parser as an address (http://hl7.org/fhir/R4/graphql.html#searching).</summary>
internal sealed class SearchFields(SearchParser parser, SearchParameterSet parameters, IOptions<RecordsOptions> options)
{
    private const string Cursor = Records.Search.Cursor.Parameter;

    // What shapes an answer of a bundle has no place in this one.
    private static readonly string[] Refused = ["_include", "_revinclude", "_contained", "_containedType", "_summary", "_elements", "_total", "_format", "_pretty", "_type", "_query"];

    /// <summary>The type that a field of this name searches, and whether by pages; null when it is no such name.</summary>
    public (TypeDefinition Type, bool Pages)? Find(string name) =>
        name.EndsWith("List", StringComparison.Ordinal) && parser.Definitions.Resource(name[..^4]) is { } listed ? (listed, false)
        : name.EndsWith("Connection", StringComparison.Ordinal) && parser.Definitions.Resource(name[..^10]) is { } paged ? (paged, true)
        : null;

    /// <summary>Reads the arguments.</summary>
    /// <param name="name">Of the field.</param>
    /// <param name="below">The type of the resource that the field stands in; null at the level of the system.</param>
    /// <exception cref="ArgumentFault">One is wrong.</exception>
    public SearchField Read(string name, TypeDefinition type, bool pages, TypeDefinition? below, Arguments arguments)
    {
        var reference = arguments.Text("_reference");
        var condition = arguments.Text("fhirpath") is { } text ? ListFilter.Path(text, "fhirpath", name, parser.Definitions, type) : null;
        if ((arguments.Text(Cursor) ?? arguments.Text("cursor")) is { } cursor)
        {
            return Continue(name, type, pages, below, cursor, arguments) with { Condition = condition };
        }

        var count = arguments.Number("_count", pages ? 0 : 1);
        var query = new List<KeyValuePair<string, string>>();
        if (count is not null)
        {
            query.Add(new("_count", count.Value.ToString(CultureInfo.InvariantCulture)));
        }

        foreach (var (argument, value) in arguments.Rest.ToList())
        {
            arguments.Take(argument);
            query.Add(new(Parameter(name, type, argument), argument switch
            {
                "_sort" => string.Join(',', value.Each.Select(v => SortKey(type, v.Text))),
                "_filter" when value.Kind == ValueKind.Text => value.Text,
                "_filter" => throw new ArgumentFault($"The argument '_filter' of {name} is {value.Words}; it takes a text."),
                _ => string.Join(',', value.Each.Select(v => Plain(v.Text))),
            }));
        }

        var parsed = parser.Parse(type.Name, query, lenient: false);
        return parsed.Failed(out var failure)
            ? throw new ArgumentFault($"{name}: {string.Join(" ", failure.Problems.Select(p => p.Message))}")
            : new SearchField(type, query) { Reference = Reference(name, type, below, reference), Condition = condition, Count = count };
    }

    // http://hl7.org/fhir/R4/graphql.html#reverse: a page further on is asked for at the level of the system.
    private SearchField Continue(string name, TypeDefinition type, bool pages, TypeDefinition? below, string cursor, Arguments arguments)
    {
        if (below is not null || !pages)
        {
            throw new ArgumentFault($"{name} takes no cursor here: pages are read on by {type.Name}Connection(_cursor: \"...\") at the level of the system.");
        }

        if (arguments.Rest.FirstOrDefault() is { Key: { } other })
        {
            throw new ArgumentFault($"{name} has a cursor, which holds its search; '{other}' beside it says nothing. Leave it out.");
        }

        return ConnectionCursor.Parse(cursor) is { } known && known.Type == type.Name && !parser.Parse(type.Name, known.Query, lenient: false).Failed(out _)
            ? new SearchField(type, known.Query) { Continues = known.Query.Any(p => p.Key == Cursor) }
            : throw new ArgumentFault($"The cursor of {name} is none that {type.Name}Connection has given. Send what stands in next or previous as it is.");
    }

    private ResourceParameter? Reference(string name, TypeDefinition type, TypeDefinition? below, string? reference)
    {
        if (below is null)
        {
            return reference is null ? null : throw new ArgumentFault($"{name} takes _reference in a resource alone; here a reference is an argument of its own name, such as patient: \"Patient/1\".");
        }

        var known = parameters.For(type.Name).Values.Where(p => p.Type == SearchType.Reference && CriterionParser.IsIndexed(p) && LeadsTo(p, below)).ToList();
        var found = reference is null ? null : known.Find(p => p.Code == reference || p.Code == Hyphens(reference));
        var names = known.Count == 0 ? $"No parameter of {type.Name} leads to {below.Name}." : $"Those that lead to {below.Name} are: {string.Join(", ", known.Select(p => p.Code.Replace('-', '_')).Order(StringComparer.Ordinal))}.";
        return found ?? throw new ArgumentFault(reference is null
            ? $"{name} in a {below.Name} takes _reference, the search parameter that leads to it. {names}"
            : $"The argument '_reference' of {name} is '{reference}', which is no search parameter of {type.Name} that leads to {below.Name}. {names}");
    }

    private static bool LeadsTo(ResourceParameter parameter, TypeDefinition type) =>
        parameter.Definition.Targets is not { Count: > 0 } targets || targets.Contains(type.Name) || targets.Contains("Resource");

    // Names of GraphQL have no hyphen: general_practitioner is general-practitioner.
    private string Parameter(string name, TypeDefinition type, string argument)
    {
        if (Refused.Contains(argument))
        {
            throw new ArgumentFault($"{name} has no argument '{argument}': fields select what is answered, resource and {type.Name}List(_reference: ...) what refers to each other, count the total.");
        }

        if (argument is "_sort" or "_filter" or "_list" or "_text" or "_content" or "_id" or "_lastUpdated" || parameters.Find(type.Name, argument) is not null)
        {
            return argument;
        }

        if (parameters.Find(type.Name, Hyphens(argument)) is not null)
        {
            return Hyphens(argument);
        }

        var names = parser.Known(type.Name).Select(c => c.Replace('-', '_')).Concat(["_count", "_sort", "_filter", "fhirpath"]).ToList();
        throw new ArgumentFault(argument is "_offset"
            ? $"{name} has no argument '_offset'; pages are read on by {type.Name}Connection and its next."
            : $"{name} has no argument '{argument}'.{(NearestName.Find(argument, names) is { } near ? $" Is '{near}' meant?" : "")} Known are: {string.Join(", ", names)}. Modifiers and chains go into _filter.");
    }

    private string SortKey(TypeDefinition type, string key)
    {
        var (sign, name) = key.StartsWith('-') ? ("-", key[1..]) : ("", key);
        return sign + (parameters.Find(type.Name, name) is null && parameters.Find(type.Name, Hyphens(name)) is not null ? Hyphens(name) : name);
    }

    private static string Hyphens(string argument) => argument.Length == 0 ? argument : argument[0] + argument[1..].Replace('_', '-');

    // A comma is part of the value here; a list of values is a list of GraphQL.
    private static string Plain(string value) => string.Join("\\,", SearchText.Split(value, ','));

    /// <summary>The request of a search, ready to run.</summary>
    /// <param name="address">The FHIR base.</param>
    /// <param name="criteria">What is asked beside the field's own arguments.</param>
    /// <exception cref="GraphQlFault">It is not what it was when the document was read: a search parameter was taken away meanwhile.</exception>
    public SearchRequest Request(SearchField search, bool pages, string address, params IEnumerable<KeyValuePair<string, string>> criteria)
    {
        var parsed = parser.Parse(search.Type.Name, search.Query.Concat(criteria), lenient: false);
        if (parsed.Failed(out var failure))
        {
            throw new GraphQlFault(failure.Kind, [.. GraphQlError.Of(failure)]);
        }

        parsed.Value.Address = address;
        parsed.Value.Count = pages ? parsed.Value.Count : Math.Min(search.Count ?? options.Value.MaxPageSize, options.Value.MaxPageSize);
        return parsed.Value;
    }
}
