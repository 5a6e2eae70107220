using Salus.Fhir.Definitions;
using Salus.Fhir.Search;
using Salus.Records.Read;

namespace Salus.Records.Search;

/// <summary>One criterion of a search: values joined by "or"; criteria are joined by "and".</summary>
/// <param name="Parameter">What is compared; null for <c>_id</c> and <c>_lastUpdated</c>, which the record itself keeps.</param>
/// <param name="Name">The name as it stands in the query, without modifier.</param>
/// <param name="Modifier">Without its colon; empty for none.</param>
/// <param name="Values">At least one, escapes (<c>\,</c>) resolved only for the comma.</param>
internal sealed record Criterion(ResourceParameter? Parameter, string Name, string Modifier, IReadOnlyList<string> Values);

/// <summary>One key to sort by. A null parameter is <c>_lastUpdated</c> or <c>_id</c>, told by the name.</summary>
internal sealed record SortKey(ResourceParameter? Parameter, string Name, bool Descending);

/// <summary><c>_include=Type:parameter:target</c> or <c>_revinclude</c>.</summary>
/// <param name="Parameter">The reference parameter that is followed.</param>
/// <param name="Target">Only targets of this type; null for all.</param>
/// <param name="Reverse">True for <c>_revinclude</c>: resources that refer to the results.</param>
internal sealed record Inclusion(ResourceParameter Parameter, string? Target, bool Reverse);

/// <summary>Of all that match, only the newest of each group.</summary>
/// <param name="Group">The token parameter whose values make the groups: those with the same values are together.</param>
/// <param name="Order">The date parameter that says what is newest.</param>
/// <param name="Most">How many of each.</param>
internal sealed record NewestOf(ResourceParameter Group, ResourceParameter Order, int Most);

/// <summary>A search on one resource type, understood and checked.</summary>
internal sealed record SearchRequest(string Type)
{
    public List<Criterion> Criteria { get; } = [];

    public List<SortKey> Sort { get; } = [];

    public List<Inclusion> Includes { get; } = [];

    /// <summary>Results on a page; 0 asks for the total only.</summary>
    public int Count { get; set; }

    /// <summary>Whether the answer has the exact total.</summary>
    public bool Total { get; set; }

    /// <summary>The FHIR base that the client uses, so that a reference by this address means the resource here; empty when there is none.</summary>
    public string Address { get; set; } = "";

    /// <summary>Only the total (<c>_summary=count</c>), whatever <c>_count</c> says.</summary>
    public bool Summary { get; set; }

    /// <summary>Only the newest of each code ($lastn); null for all.</summary>
    public NewestOf? Newest { get; set; }

    /// <summary>Only what is in the compartment of this patient or encounter; null for all.</summary>
    public (TypeDefinition Of, string Id)? Compartment { get; set; }

    /// <summary>Which part of each resource is answered; null for all of it.</summary>
    public AnswerShape? Shape { get; set; }

    /// <summary>Where the page starts; null for the first.</summary>
    public Cursor? After { get; set; }

    /// <summary>The part of the query that the server understood, for the self link: name and value, not encoded.</summary>
    public List<KeyValuePair<string, string>> Used { get; } = [];
}
