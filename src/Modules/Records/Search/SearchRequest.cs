using Salus.Fhir.Definitions;
using Salus.Fhir.Search;
using Salus.Records.Read;

namespace Salus.Records.Search;

/// <summary>One criterion of a search: values joined by "or"; criteria are joined by "and".</summary>
/// <param name="Parameter">What is compared; null for <c>_id</c> and <c>_lastUpdated</c>, which the record itself keeps.</param>
/// <param name="Name">The name as it stands in the query, without modifier.</param>
/// <param name="Modifier">Without its colon; empty for none.</param>
/// <param name="Values">At least one, escapes (<c>\,</c>) resolved only for the comma.</param>
internal record Criterion(ResourceParameter? Parameter, string Name, string Modifier, IReadOnlyList<string> Values)
{
    /// <summary>How values are compared where no search by name does it: an operator of <c>_filter</c>; empty as the parameter and its modifier say.</summary>
    public string Comparison { get; init; } = "";

    /// <summary>Where it stands in <c>_filter</c>, from 1; 0 for a parameter of its own.</summary>
    public int Position { get; init; }

    /// <summary>Its value as it was written in <c>_filter</c>, without a prefix, and where that begins; null for a parameter of its own.</summary>
    public (string Value, int Position)? Written { get; init; }

    /// <summary>The criteria that compare values: this one, or those at the ends of its links.</summary>
    public virtual IEnumerable<Criterion> Leaves => [this];

    /// <summary>Every parameter that it uses, those that links follow included.</summary>
    public virtual IEnumerable<ResourceParameter> Parameters => Parameter is null ? [] : [Parameter];

    /// <summary>Forgets what was found out about links.</summary>
    public virtual void Forget()
    {
    }
}

/// <summary>
/// A criterion on resources at the other end of references: a chained parameter (<c>subject:Patient.name</c>) or <c>_has</c>
/// (http://hl7.org/fhir/R4/search.html#chaining, #has). One of the ends has to hold.
/// </summary>
/// <param name="Name">As it stands in the query.</param>
internal sealed record LinkedCriterion(string Name, IReadOnlyList<LinkEnd> Ends) : Criterion(null, Name, "", Ends[0].Inner.Values)
{
    public override IEnumerable<Criterion> Leaves => Ends.SelectMany(e => e.Inner.Leaves);

    public override IEnumerable<ResourceParameter> Parameters => Ends.SelectMany(e => e.Inner.Parameters.Append(e.Reference));

    public override void Forget()
    {
        foreach (var end in Ends)
        {
            end.Few = null;
            end.Inner.Forget();
        }
    }
}

/// <summary>The other end of a link.</summary>
/// <param name="Reference">The parameter that leads there: of this type in a chain, of the other one with <c>_has</c>.</param>
/// <param name="Here">The type at this end.</param>
/// <param name="There">The type at the other end.</param>
/// <param name="Reverse">True for <c>_has</c>: the reference points here.</param>
/// <param name="Inner">What has to hold there.</param>
internal sealed record LinkEnd(ResourceParameter Reference, string Here, string There, bool Reverse, Criterion Inner)
{
    /// <summary>Whether so few resources there fit that the search begins with them; null when nobody has looked. See <see cref="Conditions"/>.</summary>
    public bool? Few { get; set; }
}

/// <summary>One key to sort by. A null parameter is <c>_lastUpdated</c> or <c>_id</c>, told by the name.</summary>
internal sealed record SortKey(ResourceParameter? Parameter, string Name, bool Descending);

/// <summary><c>_include=Source:parameter:target</c> or <c>_revinclude</c>.</summary>
/// <param name="Source">The type whose references are followed; null for all types (<c>*</c>).</param>
/// <param name="Parameter">The reference parameter that is followed; null for all of them (<c>*</c>).</param>
/// <param name="Target">Only targets of this type; null for all.</param>
/// <param name="Reverse">True for <c>_revinclude</c>: resources that refer to the results.</param>
/// <param name="Iterate">Whether it applies to what was included, too.</param>
internal sealed record Inclusion(string? Source, ResourceParameter? Parameter, string? Target, bool Reverse, bool Iterate);

/// <summary>Of all that match, only the newest of each group.</summary>
/// <param name="Group">The token parameter whose values make the groups: those with the same values are together.</param>
/// <param name="Order">The date parameter that says what is newest.</param>
/// <param name="Most">How many of each.</param>
internal sealed record NewestOf(ResourceParameter Group, ResourceParameter Order, int Most);

/// <summary>Of all that match, those that refer to some resources, apart for each of them.</summary>
/// <param name="Reference">The parameter that leads to them. That it leads to one of them is a criterion beside it.</param>
/// <param name="Resources">Their types and logical ids, each once.</param>
internal sealed record OwnersOf(ResourceParameter Reference, IReadOnlyList<(string Type, string Id)> Resources);

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

    /// <summary>Whether the answer has a total that need not be exact.</summary>
    public bool Estimate { get; set; }

    /// <summary>The FHIR base that the client uses, so that a reference by this address means the resource here; empty when there is none.</summary>
    public string Address { get; set; } = "";

    /// <summary>Only the total (<c>_summary=count</c>), whatever <c>_count</c> says.</summary>
    public bool Summary { get; set; }

    /// <summary>Whether links are walked from their other end wherever that is bearable: for a search that was too slow the other way.</summary>
    public bool Thorough { get; private set; }

    /// <summary>Only the newest of each code ($lastn); null for all.</summary>
    public NewestOf? Newest { get; set; }

    /// <summary>Pages for each of these; null for one page.</summary>
    public OwnersOf? Owners { get; set; }

    /// <summary>Only what is in the compartment of this patient or encounter; null for all.</summary>
    public (TypeDefinition Of, string Id)? Compartment { get; set; }

    /// <summary>Which part of each resource is answered; null for all of it.</summary>
    public AnswerShape? Shape { get; set; }

    /// <summary>Every parameter that it uses.</summary>
    public IEnumerable<ResourceParameter> Parameters =>
        Criteria.SelectMany(c => c.Parameters).Concat(Sort.Select(s => s.Parameter).OfType<ResourceParameter>()).Concat(Includes.Select(i => i.Parameter).OfType<ResourceParameter>());

    /// <summary>Where the page starts; null for the first.</summary>
    public Cursor? After { get; set; }

    /// <summary>The part of the query that the server understood, for the self link: name and value, not encoded.</summary>
    public List<KeyValuePair<string, string>> Used { get; } = [];

    /// <summary>Begins links at their other end from now on.</summary>
    public void BeThorough()
    {
        Thorough = true;
        foreach (var criterion in Criteria)
        {
            criterion.Forget();
        }
    }
}
