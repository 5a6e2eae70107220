using System.Text;
using Salus.Fhir.Definitions;

namespace Salus.Records.Tests.Search.Oracle;

/// <summary>Orders by <c>_sort</c> (http://hl7.org/fhir/R4/search.html#sort): of several values, ascending takes the least and descending the greatest; without one is last.</summary>
internal static class OracleOrder
{
    /// <summary>Null, or the first pair that stands in the wrong order.</summary>
    public static string? Wrong(OracleStore store, string type, string sort, IReadOnlyList<string> ids)
    {
        var keys = sort.Split(',').Select(k => (Code: k.TrimStart('-'), Descending: k[0] == '-')).ToList();
        var rows = ids.Select(id => store.Find(type, id)!).Select(r => (r.Id, Keys: keys.ConvertAll(k => Key(store, r, k.Code, k.Descending)))).ToList();
        for (var i = 1; i < rows.Count; i++)
        {
            for (var k = 0; k < keys.Count; k++)
            {
                var order = Compare(rows[i - 1].Keys[k], rows[i].Keys[k], keys[k].Descending);
                if (order > 0)
                {
                    return $"by {keys[k].Code}, {rows[i - 1].Id} ({rows[i - 1].Keys[k]}) stands before {rows[i].Id} ({rows[i].Keys[k]})";
                }

                if (order < 0)
                {
                    break;
                }
            }
        }

        return null;
    }

    private static int Compare(IComparable? a, IComparable? b, bool descending) => (a, b) switch
    {
        (null, null) => 0,
        (null, _) => 1,
        (_, null) => -1,
        (Code x, Code y) => descending ? y.CompareTo(x) : x.CompareTo(y),
        _ => descending ? b.CompareTo(a) : a.CompareTo(b),
    };

    private static IComparable? Key(OracleStore store, OracleResource resource, string code, bool descending)
    {
        if (code is "_id" or "_lastUpdated")
        {
            return code == "_id" ? new Code(resource.Id) : resource.LastUpdated.Low;
        }

        var parameter = store.Parameter(resource.Type, code)!;
        var facts = resource.Facts(parameter);
        IEnumerable<IComparable> all = parameter.Type switch
        {
            SearchType.String => facts.Folded.Select(t => new Code(t)),
            SearchType.Token => facts.Tokens.Select(t => new Code(t.Code)),
            SearchType.Uri => facts.Uris.Select(u => new Code(u)),
            SearchType.Reference => facts.References.Where(r => r.Id is not null || r.Url is not null).Select(r => new Code(r.Id ?? r.Url!)),
            SearchType.Date => facts.Dates.Select(d => (IComparable)(descending ? d.High : d.Low)),
            _ => facts.Amounts.Select(a => (IComparable)(descending ? a.High ?? decimal.MaxValue : a.Low ?? decimal.MinValue)),
        };
        return descending ? all.Max() : all.Min();
    }

    /// <summary>A text in the order of its code points.</summary>
    private sealed record Code(string Text) : IComparable
    {
        private readonly byte[] utf8 = Encoding.UTF8.GetBytes(Text);

        public int CompareTo(object? other) => utf8.AsSpan().SequenceCompareTo(((Code)other!).utf8);

        public override string ToString() => Text;
    }
}
