using Salus.Fhir.Definitions;
using Salus.Fhir.Search;
using Salus.Kernel;

namespace Salus.Records.Search.Filter;

/// <summary>
/// A filter becomes criteria: each test is the criterion that a search by name would make of it, a path is a chain, brackets are more criteria on what a
/// reference leads to. So a test finds what the ordinary parameter finds, in the same way.
/// </summary>
/// <param name="criteria">Makes the criteria.</param>
internal sealed class FilterCompiler(CriterionParser criteria, SearchParameterSet parameters)
{
    private const string Name = "_filter";

    /// <summary>Criteria that have to hold all; a refusal names the position.</summary>
    public Outcome<IReadOnlyList<Criterion>> Compile(string type, string filter)
    {
        var read = FilterReader.Read(filter);
        if (read.Failed(out var failure))
        {
            return failure;
        }

        var all = new List<Criterion>();
        var walk = new Walk(Name);
        // Each by itself, so that the most telling one leads the search.
        foreach (var node in read.Value is FilterGroup { Either: false } group ? group.Items : [read.Value])
        {
            var one = Of(type, node, walk, CriterionParser.MaxLinks);
            if (one.Failed(out failure))
            {
                return failure;
            }

            all.Add(one.Value);
        }

        return all.Sum(c => c.Leaves.Count()) > FilterReader.MaxTests
            ? new Failure(FailureKind.TooCostly, "too-costly", $"The tests of _filter lead to more than {FilterReader.MaxTests} comparisons, one for each type behind a reference. Name types, as in subject:Patient.name, or ask in parts.", Name)
            : all;
    }

    private Outcome<Criterion> Of(string type, FilterNode node, Walk walk, int links) => node switch
    {
        FilterTest test => Test(type, test, walk, links),
        FilterNot not => Of(type, not.Inner, walk, links) is var inner && inner.Failed(out var failure) ? failure : Not(inner.Value),
        _ => Group(type, (FilterGroup)node, walk, links),
    };

    private Outcome<Criterion> Group(string type, FilterGroup group, Walk walk, int links)
    {
        var items = new List<Criterion>();
        foreach (var node in group.Items)
        {
            var one = Of(type, node, walk, links);
            if (one.Failed(out var failure))
            {
                return failure;
            }

            items.Add(one.Value);
        }

        return group.Either ? new CombinedCriterion(Name, [.. items.Select(i => new[] { i })], absent: false) : All(items);
    }

    // What a path leads to is one set: "not there" and "in no value set" are said of all of it, wherever the path ends.
    private Outcome<Criterion> Test(string type, FilterTest test, Walk walk, int links)
    {
        if (test.Operator == "pr" && test.Value is not ("true" or "false"))
        {
            return FilterReader.At(test.Position, $"'pr' takes true or false, not '{test.Value}'.");
        }

        var inner = Path(type, test, 0, walk, links);
        if (inner.Failed(out var failure))
        {
            return failure;
        }

        var negated = test.Operator == "ni" || test is { Operator: "pr", Value: "false" };
        return negated ? Not(inner.Value) : inner.Value;
    }

    private Outcome<Criterion> Path(string type, FilterTest test, int step, Walk walk, int links)
    {
        var (name, filter) = test.Path[step];
        if (step == test.Path.Count - 1)
        {
            return Leaf(type, name, test);
        }

        if (filter is not null && FilterPair.Find(type, name) is { } pair)
        {
            var one = pair.Of(test with { Path = [.. test.Path.Skip(step)] });
            return one.Failed(out var crooked) ? crooked : Leaf(type, pair.Composite, one.Value);
        }

        var code = name.Split(':', 2)[0];
        if (parameters.Find(type, code) is { } parameter && parameter.Type != SearchType.Reference)
        {
            return At(test, new Failure(
                FailureKind.NotSupported, "not-supported",
                $"'{code}' of {type} is a {Word(parameter)} parameter and no reference, so nothing can be asked of its parts. Only what a search parameter finds can be filtered by.", Name));
        }

        var rest = string.Join('.', test.Path.Skip(step + 1).Select(s => s.Name));
        var chain = criteria.Follow(type, name, rest, walk, there => Beyond(there, filter, test, step, walk, links - 1));
        return chain.Failed(out var failure) ? At(test, failure) : chain;
    }

    // At the other end of a reference: what stands in the brackets, and the rest of the path.
    private Outcome<Criterion> Beyond(string type, FilterNode? filter, FilterTest test, int step, Walk walk, int links)
    {
        if (CriterionParser.Exceeds(walk, links) is { } tooMuch)
        {
            return tooMuch;
        }

        var rest = Path(type, test, step + 1, walk, links);
        if (filter is null || rest.Failed(out _))
        {
            return rest;
        }

        var narrowed = Of(type, filter, walk, links);
        return narrowed.Failed(out var failure) ? failure : All([narrowed.Value, rest.Value]);
    }

    private Outcome<Criterion> Leaf(string type, string name, FilterTest test)
    {
        if (name.IndexOf(':', StringComparison.Ordinal) is var colon and >= 0)
        {
            // With a modifier the operator would say nothing: "name:exact ne x" would find whoever is named x.
            return FilterReader.At(test.Position, $"a test has an operator and no modifier, so '{name}' is no name to ask by. Write '{name[..colon]}' and one of the operators {string.Join(' ', FilterOperators.All)}.");
        }

        var parameter = name is "_id" or "_lastUpdated" ? null : parameters.Find(type, name);
        var known = parameter is not null || name is "_id" or "_lastUpdated";
        var op = FilterOperators.Of(test.Operator, parameter, name);
        if (known && op is null)
        {
            return At(test, new Failure(
                FailureKind.NotSupported, "not-supported",
                $"'{test.Operator}' does not apply to '{name}' of {type}, a {Word(parameter)} parameter. It takes: {string.Join(' ', FilterOperators.For(parameter, name))}.", Name));
        }

        var way = op ?? default;
        var leaf = criteria.Plain(type, string.IsNullOrEmpty(way.Modifier) ? name : $"{name}:{way.Modifier}", [FilterOperators.Value(way, parameter, test.Value)], name);
        return leaf.Failed(out var failure) ? At(test, failure) : leaf.Value with { Comparison = way.Comparison ?? "", Position = test.Position, Written = (test.Value, test.ValuePosition) };
    }

    private static string Word(ResourceParameter? parameter) => parameter is null ? "record" : parameter.Type.ToString().ToLowerInvariant();

    private static Outcome<Criterion> Not(Criterion inner) => new CombinedCriterion(Name, [[inner]], absent: true);

    private static CombinedCriterion All(IReadOnlyList<Criterion> items) => new(Name, [items], absent: false);

    private static Failure At(FilterTest test, Failure failure) => FilterReader.At(test.Position, failure);
}
