using System.Globalization;
using Salus.Records.Storage;

namespace Salus.Records.Check;

/// <summary>
/// The numbers of parameters whose index rows are neither required nor wrong at this moment: those that are being indexed, and retired ones that are being
/// cleaned up. Nobody searches by them. They are left out of both sides of a comparison. Usually there are none.
/// </summary>
internal sealed class OpenNumbers
{
    private readonly HashSet<int> open;

    private OpenNumbers(HashSet<int> open) => this.open = open;

    /// <summary>The retired ones, and these.</summary>
    public static async Task<OpenNumbers> ReadAsync(CheckSession session, HashSet<int> incomplete, CancellationToken ct)
    {
        incomplete.UnionWith(await session.ListAsync("select id from records.parameter where retired", r => r.GetInt32(0), ct));
        return new OpenNumbers(incomplete);
    }

    public List<T> Closed<T>(List<T> rows, Func<T, int> parameter) => open.Count == 0 ? rows : rows.FindAll(r => !open.Contains(parameter(r)));

    public List<string> Closed(List<string> words) => open.Count == 0
        ? words
        : words.FindAll(w => !(w.IndexOf(':', StringComparison.Ordinal) is var colon and > 0
            && int.TryParse(w.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && open.Contains(number)));

    /// <summary>Texts without the open parameters that find them, and without those that nothing else finds.</summary>
    public List<StringText> Closed(List<StringText> texts) => open.Count == 0
        ? texts
        : [.. texts.Select(t => t with { Parameters = [.. t.Parameters.Where(p => !open.Contains(p))] }).Where(t => t.Parameters.Length > 0)];

    /// <summary>String rows by parameter: with an open one in its set, the same text bears another number before and after.</summary>
    public List<StringRow> Closed(List<StringRow> rows, Catalog catalog)
    {
        if (open.Count == 0)
        {
            return rows;
        }

        var sets = catalog.ParameterSets.ByNumber();
        return [.. rows.SelectMany(r => sets.TryGetValue(r.Parameter, out var all) ? all.Select(p => r with { Parameter = p }) : [r])
            .Where(r => !open.Contains(r.Parameter)).OrderBy(r => r.Parameter).ThenBy(r => r.Value, StringComparer.Ordinal).ThenBy(r => r.Original, StringComparer.Ordinal)];
    }
}
