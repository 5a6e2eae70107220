namespace Salus.Records.Tests.Search.Oracle;

/// <summary>One query as it was drawn.</summary>
/// <param name="Kind">What it is mainly about: the type of its first criterion, or the link in it.</param>
/// <param name="Page">The page size to walk with.</param>
/// <param name="Sort">The order that is asked for; null for none.</param>
/// <param name="Include">A parameter that asks for more than the matches, and its value; null for none.</param>
/// <param name="Compartment">The patient or encounter whose compartment is searched; null for everything.</param>
internal sealed record OracleQuery(string Kind, string Type, IReadOnlyList<(string Name, string Value)> Criteria, int Page, bool Total, string? Sort, (string Name, string Value)? Include, string? Compartment)
{
    /// <summary>Below the base; the size of a page, which is not part of the question, comes last.</summary>
    public string Path
    {
        get
        {
            var all = Criteria.ToList();
            if (Sort is not null)
            {
                all.Add(("_sort", Sort));
            }

            if (Total)
            {
                all.Add(("_total", "accurate"));
            }

            if (Include is { } include)
            {
                all.Add(include);
            }

            all.Add(("_count", $"{Page}"));
            return $"{(Compartment is null ? "" : $"{Compartment}/")}{Type}?{string.Join('&', all.Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value)}"))}";
        }
    }

    /// <summary>The same with something left out, to find what a difference is about.</summary>
    public IEnumerable<OracleQuery> Smaller()
    {
        if (Include is not null)
        {
            yield return this with { Include = null };
        }

        if (Compartment is not null)
        {
            yield return this with { Compartment = null };
        }

        if (Sort is not null)
        {
            yield return this with { Sort = null };
        }

        if (Page < 1000)
        {
            yield return this with { Page = 1000 };
        }

        if (Total)
        {
            yield return this with { Total = false };
        }

        for (var i = 0; i < Criteria.Count; i++)
        {
            if (Criteria.Count > 1)
            {
                yield return this with { Criteria = [.. Criteria.Where((_, n) => n != i)] };
            }

            var values = OracleText.Split(Criteria[i].Value, ',');
            for (var v = 0; v < values.Count && values.Count > 1; v++)
            {
                var fewer = (Criteria[i].Name, string.Join(',', values.Where((_, n) => n != v)));
                yield return this with { Criteria = [.. Criteria.Select((c, n) => n == i ? fewer : c)] };
            }
        }
    }
}
