using Salus.Fhir.Definitions;

namespace Salus.Records.Tests.Search.Oracle;

/// <summary>Draws queries: parameters of all types that are present, values from the data and near misses, links, orders, pages and inclusions.</summary>
internal sealed class OracleGenerator
{
    public const string Refused = "refused";

    /// <summary>What queries are mainly about, in turns.</summary>
    public static readonly IReadOnlyList<string> Kinds =
        ["token", "string", "date", "reference", "chain", "quantity", "_has", "uri", "token", "composite", "date", "number", "chain", "string", "_id, _lastUpdated", "reference", "_has", "near", "_list", Refused, "compartment"];

    private static readonly string[] Bulk =
        ["Patient", "Observation", "Encounter", "Condition", "Procedure", "Claim", "ExplanationOfBenefit", "MedicationRequest", "DiagnosticReport", "Immunization", "CarePlan", "CareTeam", "Practitioner", "Organization"];

    private readonly OracleStore store;
    private readonly Random random;
    private readonly OracleValueDraw values;
    private readonly Dictionary<SearchType, List<(SearchParameter Parameter, string Type, List<OracleResource> Having)>> having;

    public OracleGenerator(OracleStore store, int seed, string address)
    {
        (this.store, random) = (store, new Random(seed));
        values = new OracleValueDraw(random, address);
        having = store.Types
            .SelectMany(type => store.Parameters(type).Select(p => (Parameter: p, Type: type, Having: store.Of(type).Where(r => r.Facts(p).Any).ToList())))
            .Where(p => p.Having.Count > 0)
            .GroupBy(p => p.Parameter.Type)
            .ToDictionary(g => g.Key, g => g.ToList());
    }

    /// <summary>The parameters that have values in the data.</summary>
    public int Parameters => having.Values.Sum(l => l.Count);

    public OracleQuery Draw(int number)
    {
        var kind = Kinds[number % Kinds.Count];
        for (; ; )
        {
            if (First(kind) is var (type, witness, first))
            {
                var criteria = new List<(string, string)> { first };
                for (var more = kind == Refused ? 0 : random.Next(8) switch { < 4 => 0, < 6 => 1, 6 => 2, _ => 3 }; more > 0; more--)
                {
                    // Of the same resource, so that something is left to find.
                    if (Own(type, random.Next(8) == 0 ? values.Pick(store.Of(type)) : witness) is { } next)
                    {
                        criteria.Add(next);
                    }
                }

                var page = random.Next(3) == 0 ? random.Next(1, 30) : 1000;
                return new OracleQuery(kind, type, criteria, page, random.Next(4) == 0, random.Next(5) == 0 ? Sort(type) : null, page == 1000 && random.Next(6) == 0 ? Include(type) : null, kind == "compartment" ? Compartment(witness) : null);
            }
        }
    }

    private (string Type, OracleResource Witness, (string, string) First)? First(string kind)
    {
        switch (kind)
        {
            case "chain" or "_has":
                var from = Witness();
                return Linked(from, kind, random.Next(1, 4)) is { } linked ? (from.Type, from, linked) : null;
            case "_list":
                var lists = store.Of("List").Where(l => store.Targets(l, store.Parameter("List", "item")!).Any()).ToList();
                var member = values.Pick([.. store.Targets(values.Pick(lists), store.Parameter("List", "item")!)]);
                return (member.Type, member, ("_list", Lists(member, lists).Id));
            case "_id, _lastUpdated":
                var one = Witness();
                return (one.Type, one, OfRecord(one));
            case "compartment":
                var inside = Witness();
                return Compartment(inside) is not null && Own(inside.Type, inside) is { } own ? (inside.Type, inside, own) : null;
            case Refused:
                var any = Witness();
                return (any.Type, any, Wrong(any.Type));
            default:
                var type = kind == "near" ? SearchType.Special : Enum.Parse<SearchType>(kind, ignoreCase: true);
                var (parameter, name, resources) = Candidate(having[type]);
                var witness = values.Pick(resources);
                return Criterion(witness, parameter) is { } criterion ? (name, witness, criterion) : null;
        }
    }

    private OracleResource Lists(OracleResource member, List<OracleResource> lists) =>
        random.Next(4) > 0 && store.Referring(member).FirstOrDefault(r => r is { From.Type: "List", By.Code: "item" }).From is { } one ? one : values.Pick(lists);

    // The first patient or encounter that it belongs to.
    private string? Compartment(OracleResource member) => new[] { "Encounter", "Patient" }
        .SelectMany(of => OracleSearch.Members(of, member.Type).Select(code => store.Parameter(member.Type, code)).OfType<SearchParameter>(), (of, p) => member.Facts(p).References.Find(r => r.Type == of))
        .Where(r => r is not null).Select(r => $"{r!.Type}/{r.Id}").FirstOrDefault();

    // Every other time of the types that a record is full of.
    private (SearchParameter, string, List<OracleResource>) Candidate(List<(SearchParameter, string Type, List<OracleResource>)> among)
    {
        var bulk = random.Next(2) == 0 ? among.FindAll(c => Bulk.Contains(c.Type)) : [];
        return values.Pick(bulk.Count > 0 ? bulk : among);
    }

    private OracleResource Witness()
    {
        var type = random.Next(2) == 0 ? values.Pick([.. Bulk.Where(t => store.Of(t).Count > 0)]) : values.Pick(store.Types);
        return values.Pick(store.Of(type));
    }

    private (string, string)? Own(string type, OracleResource resource)
    {
        if (random.Next(12) == 0)
        {
            return OfRecord(resource);
        }

        var parameters = store.Parameters(type);
        var with = parameters.Where(p => resource.Facts(p).Any).ToList();
        return Criterion(resource, values.Pick(with.Count > 0 && random.Next(6) > 0 ? with : parameters));
    }

    private (string, string)? Criterion(OracleResource resource, SearchParameter parameter)
    {
        if (values.Draw(parameter.Type, resource.Facts(parameter), parameter) is not var (modifier, value))
        {
            return random.Next(4) == 0 ? ($"{parameter.Code}:missing", random.Next(2) == 0 ? "true" : "false") : null;
        }

        // More values, of others: what has one modifier has it for all of them.
        for (var more = modifier == "missing" ? 0 : random.Next(8) switch { 0 => 1, 1 => 2, _ => 0 }; more > 0; more--)
        {
            var other = values.Pick(store.Of(resource.Type));
            if (values.Draw(parameter.Type, other.Facts(parameter), parameter) is var (alike, also) && alike == modifier)
            {
                value += "," + also;
            }
        }

        return (modifier.Length == 0 ? parameter.Code : $"{parameter.Code}:{modifier}", value);
    }

    private (string, string) OfRecord(OracleResource resource) => random.Next(3) switch
    {
        0 => ("_lastUpdated", values.Date(resource.LastUpdated).Replace("ap", "", StringComparison.Ordinal)),
        1 => ("_id", resource.Id),
        _ => ("_id", $"{resource.Id},{values.Pick(store.Of(resource.Type)).Id},nobody"),
    };

    // A criterion of what this resource refers to, or of what refers to it, some links away.
    private (string, string)? Linked(OracleResource from, string kind, int links)
    {
        if (links == 0)
        {
            return Own(from.Type, from);
        }

        if (kind == "chain" ? random.Next(8) > 0 : random.Next(8) == 0)
        {
            var references = store.Parameters(from.Type).Where(p => p.Type == SearchType.Reference && store.Targets(from, p).Any()).ToList();
            if (references.Count == 0)
            {
                return null;
            }

            var reference = values.Pick(references);
            var to = values.Pick([.. store.Targets(from, reference)]);
            return Linked(to, kind, links - 1) is var (name, value) ? ($"{reference.Code}{(random.Next(3) > 0 ? $":{to.Type}" : "")}.{name}", value) : null;
        }

        var referring = store.Referring(from);
        if (referring.Count == 0)
        {
            return null;
        }

        var (source, by) = values.Pick(referring);
        return Linked(source, kind, links - 1) is var (inner, asked) ? ($"_has:{source.Type}:{by.Code}:{inner}", asked) : null;
    }

    private string? Sort(string type)
    {
        var sortable = store.Parameters(type).Where(p => p.Type is not (SearchType.Composite or SearchType.Special)).Select(p => p.Code).Append("_id").Append("_lastUpdated").ToList();
        var keys = Enumerable.Range(0, random.Next(1, 4)).Select(_ => (random.Next(2) == 0 ? "-" : "") + values.Pick(sortable)).ToList();
        return string.Join(',', keys);
    }

    private (string, string)? Include(string type)
    {
        var own = store.Parameters(type).Where(p => p.Type == SearchType.Reference).ToList();
        var referring = store.Of(type).Take(50).SelectMany(store.Referring).Select(r => (r.From.Type, r.By.Code)).Distinct().ToList();
        var iterate = random.Next(3) == 0 ? ":iterate" : "";
        return random.Next(5) switch
        {
            0 => ($"_include{iterate}", "*"),
            1 => ($"_include{iterate}", $"{type}:*"),
            2 or 3 when referring.Count > 0 && values.Pick(referring) is var (source, code) => ($"_revinclude{iterate}", random.Next(4) == 0 ? $"{source}:*" : $"{source}:{code}"),
            _ when own.Count > 0 && values.Pick(own) is { } one => ($"_include{iterate}", $"{type}:{one.Code}{(random.Next(3) == 0 ? ":Patient" : "")}"),
            _ => null,
        };
    }

    // What has to be refused, as docs/modules/records.md says.
    private (string, string) Wrong(string type)
    {
        SearchParameter? of(SearchType kind) => store.Parameters(type).FirstOrDefault(p => p.Type == kind);
        return random.Next(8) switch
        {
            0 when of(SearchType.Date) is { } date => (date.Code, "2020-13-01"),
            1 when of(SearchType.Date) is { } date => (date.Code, "gt"),
            2 when of(SearchType.Quantity) is { } quantity => (quantity.Code, "much"),
            3 when of(SearchType.Token) is { } token => ($"{token.Code}:exact", "a"),
            4 when of(SearchType.Reference) is { } reference => (reference.Code, "Nothing/1"),
            5 when of(SearchType.String) is { } text => (text.Code, " "),
            6 when of(SearchType.Token) is { } token => ($"{token.Code}.name", "a"),
            _ => ("no-such-parameter", "1"),
        };
    }
}
