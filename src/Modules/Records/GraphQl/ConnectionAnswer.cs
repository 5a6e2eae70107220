using Salus.Records.Search;

namespace Salus.Records.GraphQl;

/// <summary>What a search found for one field.</summary>
/// <param name="Request">What was asked.</param>
/// <param name="Resources">The page.</param>
/// <param name="Total">How many match; null where nobody asked.</param>
/// <param name="More">Whether there are more behind it.</param>
internal sealed record FoundMatches(SearchRequest Request, IReadOnlyList<FoundResource> Resources, long? Total, bool More, Neighbours Beside)
{
    public static FoundMatches Of(FoundPage page, SearchRequest request) => new(request, page.Page, page.Total?.Number, page.Beside.Next is not null, page.Beside);

    public static FoundMatches Of(OwnedPage page, SearchRequest request) => new(request, page.Resources, page.Total, page.More, new Neighbours(null, page.Next));

    public static FoundMatches None(SearchRequest request) => new(request, [], 0, false, default);
}

/// <summary>Puts the matches of a search into the answer: as a list, or as a page with its edges and cursors (http://hl7.org/fhir/R4/graphql.html#searching).</summary>
internal sealed class ConnectionAnswer(Expansion expansion)
{
    /// <summary>Whether a part of the page is asked for.</summary>
    public bool Asks(PlannedField field, string part) => field.Kind == FieldKind.Connection && Parts(field).Fields.Any(f => f.Name == part);

    /// <param name="matches">Those of the page that the field's own condition leaves.</param>
    public void Fill(PendingSearch one, FoundMatches found, IReadOnlyList<Focus> matches)
    {
        var (field, type) = (one.Field, one.Field.Search!.Type);
        var path = new PathStep(one.Place.Path, field.Key);
        if (field.Kind == FieldKind.Connection)
        {
            var plan = Parts(field);
            expansion.Value(field, default, one.Into, null, one.Place with { Path = path }, false, $"{type.Name}Connection", (into, place) => Page(plan, one, found, matches, into, place), 0);
            return;
        }

        var fields = expansion.Plan(field, new Scope(ScopeKind.Type, type), one.Place.Depth + 1);
        for (var i = 0; i < (field.Shape.First ? Math.Min(1, matches.Count) : matches.Count); i++)
        {
            var focus = matches[i];
            expansion.Value(field, focus, one.Into, null, one.Place with { Path = new PathStep(path, i) }, true, type.Name, (into, place) => expansion.Expand(focus, fields, into, place), i);
        }
    }

    private SelectionPlan Parts(PlannedField field) => expansion.Plan(field, new Scope(ScopeKind.Connection, field.Search!.Type), 1);

    private void Page(SelectionPlan plan, PendingSearch one, FoundMatches found, IReadOnlyList<Focus> matches, OutObject into, Place place)
    {
        foreach (var part in plan.Fields)
        {
            object? value = part.Name switch
            {
                "__typename" => plan.Scope.Name,
                "count" => found.Total,
                "offset" => one.Field.Search!.Continues ? null : 0L,
                "pagesize" or "pageSize" => (long)found.Request.Count,
                "first" => Cursor(one, null),
                "next" when found.Beside.Next is { } next => Cursor(one, next),
                "previous" when found.Beside.Previous is { } previous => Cursor(one, previous),
                _ => null,
            };
            if (part.Name == "edges")
            {
                Edges(part, matches, plan, into, place);
            }
            else
            {
                expansion.Add(part, into, place, false, "string", value);
            }
        }
    }

    private void Edges(PlannedField field, IReadOnlyList<Focus> matches, SelectionPlan connection, OutObject into, Place place)
    {
        var scope = new Scope(ScopeKind.Edge, connection.Scope.Type);
        var plan = expansion.Plan(field, scope, place.Depth + 1);
        expansion.List(field, into, place);
        for (var i = 0; i < (field.Shape.First ? Math.Min(1, matches.Count) : matches.Count); i++)
        {
            var focus = matches[i];
            expansion.Value(field, focus, into, null, place with { Path = new PathStep(new PathStep(place.Path, field.Key), i) }, true, scope.Name, (edge, at) => Edge(plan, focus, edge, at), i);
        }
    }

    private void Edge(SelectionPlan plan, Focus focus, OutObject edge, Place place)
    {
        foreach (var part in plan.Fields)
        {
            if (part.Name == "resource")
            {
                var fields = expansion.Plan(part, new Scope(ScopeKind.Type, plan.Scope.Type), place.Depth + 1);
                expansion.Value(part, focus, edge, null, place with { Path = new PathStep(place.Path, part.Key) }, false, plan.Scope.Type!.Name, (into, at) => expansion.Expand(focus, fields, into, at), 0);
            }
            else
            {
                // No search here scores what it finds.
                expansion.Add(part, edge, place, false, "string", part.Name switch { "mode" => "match", "__typename" => plan.Scope.Name, _ => null });
            }
        }
    }

    private static string Cursor(PendingSearch one, Search.Cursor? at)
    {
        var search = one.Field.Search!;
        var query = search.Query.Where(p => p.Key != Search.Cursor.Parameter).ToList();
        if (one.Owner is { } owner)
        {
            query.Add(new(search.Reference!.Code, $"{owner.Type}/{owner.Id}"));
        }

        if (at is not null)
        {
            query.Add(new(Search.Cursor.Parameter, at.ToString()));
        }

        return new ConnectionCursor(search.Type.Name, query).ToString();
    }
}
