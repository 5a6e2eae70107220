using Salus.Fhir.Definitions;

namespace Salus.Records.Search;

/// <summary>Which lane a search takes. An estimate from the question alone: one that turns out slow changes the lane.</summary>
internal enum SearchCost
{
    /// <summary>An index leads to the few resources of the page.</summary>
    Ordinary,

    /// <summary>It may have to look at a whole type or index.</summary>
    Costly,
}

/// <summary>Estimates what a search costs.</summary>
internal static class SearchCosts
{
    private const int FewValues = 50;
    private const int FewComparisons = 5;
    private const int LargePage = 200;
    private const int TellingLength = 3;

    public static SearchCost Of(SearchRequest request) => IsCostly(request) ? SearchCost.Costly : SearchCost.Ordinary;

    /// <summary>Of several, the most costly one decides.</summary>
    public static SearchCost Of(IEnumerable<SearchRequest> requests) => requests.Any(IsCostly) ? SearchCost.Costly : SearchCost.Ordinary;

    /// <summary>Whether each value of a criterion is a comparison of its own, which no index answers for all values at once.</summary>
    public static bool ComparesEach(Criterion criterion) =>
        criterion.Modifier == "contains" || criterion.Comparison == "ew" || CodeExpansion.Concerns(criterion) || (criterion.Parameter?.Type is SearchType.Number or SearchType.Quantity or SearchType.Composite or SearchType.Special && criterion.Modifier != "missing");

    private static bool IsCostly(SearchRequest request) =>
        request.Criteria.All(c => c.Name != "_id")
        && (request.Criteria.SelectMany(c => c.Leaves).Any(c => c.Modifier is "contains" or "not" or "missing" || CodeExpansion.Concerns(c) || IsCompared(c) || (ComparesEach(c) && c.Values.Count > FewComparisons))
            || request.Criteria.Any(c => (c is LinkedCriterion || IsFiltered(c)) && !IsSelective(c))
            || request.Criteria.Sum(c => c.Values.Count) > FewValues
            || (request.Includes.Count > 0 && request.Count > LargePage)
            || ((request.Total || request.Sort.Count > 0) && !request.Criteria.Any(IsSelective)));

    // Of _filter: alternatives of different kinds and what must not be lead nowhere, each resource is compared.
    private static bool IsFiltered(Criterion criterion) => criterion is CombinedCriterion { Parameter: null };

    private static bool IsCompared(Criterion leaf) => leaf.Comparison is "ew" || (leaf.Comparison == "ne" && leaf.Parameter?.Type is SearchType.Token or SearchType.Uri);

    // What usually leaves a small part of a type, so that counting or sorting it is cheap; status=final does not.
    private static bool IsSelective(Criterion criterion) =>
        criterion is LinkedCriterion linked
        ? linked.Ends.All(e => IsSelective(e.Inner))
        : criterion is CombinedCriterion { Parameter: null } combined
        ? !combined.Absent && combined.Alternatives.All(a => a.Any(IsSelective))
        : criterion.Modifier != "text" && criterion.Comparison is "" or "eq" && IsSelectiveItself(criterion);

    private static bool IsSelectiveItself(Criterion criterion) =>
        criterion.Name is "identifier" or "_id"
        || criterion.Parameter?.Type is SearchType.Reference or SearchType.Uri
        || (criterion.Parameter?.Type == SearchType.String && criterion.Values.All(v => v.Length >= TellingLength));
}
