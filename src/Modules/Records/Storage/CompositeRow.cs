using System.Globalization;
using Salus.Fhir.Search;
using Salus.Kernel;

namespace Salus.Records.Storage;

/// <summary>A row of <c>records.index_composite</c>; <see cref="Rest"/> joins its words with <see cref="Lexeme.Between"/>. The code systems must be known to the catalog.</summary>
internal readonly record struct CompositeRow(
    int Tenant, int Parameter, string Word, string Rest, decimal? Low, decimal? High, decimal? Low2, decimal? High2, int System, string Code, string? Unit)
{
    /// <summary>How many rows the composites of a resource are.</summary>
    public static int Count(SearchValues values) => values.Composites.Count == 0 ? 0 : values.Composites.Sum(c => (int)Math.Min(
        int.MaxValue / 1000, c.Parts.Select((part, i) => Ranges(part) + (i == 0 ? Words(part) : 0)).Where(n => n > 0).Aggregate(1L, (a, b) => Math.Min(a * b, int.MaxValue / 1000))));

    /// <summary>A row for every value of the first part and of the ranges; almost always one.</summary>
    public static IEnumerable<CompositeRow> Of(Tenant tenant, CompositeValue value, Catalog catalog)
    {
        var parts = value.Parts;
        var parameter = catalog.Number(value.Parameter);
        var first = Words(parts[0], catalog).DefaultIfEmpty("");
        var rest = string.Join(Lexeme.Between, parts.Skip(1).SelectMany((part, i) => Words(part, catalog).Select(w => Numbered(i + 1, w))));
        var ranges = parts.Where(p => Ranges(p) > 0).ToList();
        return from word in first
               from one in ranges.Count > 0 ? Ranges(ranges[0], catalog) : [default]
               from two in ranges.Count > 1 ? Ranges(ranges[1], catalog) : [default]
               select new CompositeRow(tenant.Number, parameter, word, rest, one.Low, one.High, two.Low, two.High, one.System, one.Code ?? "", one.Unit);
    }

    /// <summary>The word of a part that is not the first one.</summary>
    public static string Numbered(int part, string word) => string.Create(CultureInfo.InvariantCulture, $"{part}:{word}");

    /// <summary>How every word of a code begins, whatever its system.</summary>
    public static string Start(string code) => Lexeme.Clean(code) + Lexeme.Separator;

    /// <summary>The word of a code with its system; the negative number of its target's type for a reference.</summary>
    public static string WordOf(string code, int system) => string.Create(CultureInfo.InvariantCulture, $"{Lexeme.Clean(code)}{Lexeme.Separator}{system}");

    private static int Words(SearchValues part) => part.Tokens.Count + part.References.Count + part.Uris.Count + part.Strings.Count;

    private static int Ranges(SearchValues part) => part.Dates.Count + part.Numbers.Count + part.Quantities.Count;

    private static IEnumerable<string> Words(SearchValues part, Catalog catalog) =>
        part.Tokens.Select(t => WordOf(t.Code, catalog.System(t.System)))
            .Concat(part.Uris.Select(u => WordOf(u.Uri, 0)))
            .Concat(part.References.Where(r => r.TargetId is not null || r.Url is not null)
                .Select(r => r is { TargetType: { } type, TargetId: { } id } ? WordOf(id, -catalog.Number(type)) : WordOf(r.Url!, 0)))
            .Concat(part.Strings.Select(s => FoldedText.Fold(s.Text)));

    private static IEnumerable<Range> Ranges(SearchValues part, Catalog catalog) =>
        part.Dates.Select(d => new Range(d.Low, d.High, 0, null, null))
            .Concat(part.Numbers.Select(n => new Range(n.Low, n.High, 0, null, null)))
            .Concat(part.Quantities.Select(q => new Range(
                q.Low, q.High, catalog.System(q.System), FoldedText.Code(q.Code ?? ""), q.Unit is null ? null : FoldedText.Code(q.Unit))));

    private readonly record struct Range(decimal? Low, decimal? High, int System, string? Code, string? Unit);
}
