using System.Globalization;
using Salus.Fhir.Search;
using Salus.Records.Storage;

namespace Salus.Records.Check;

/// <summary>Index rows for a person, with the names of their parameters.</summary>
internal sealed class IndexText(SearchParameterSet parameters, Catalog catalog)
{
    private readonly Dictionary<int, string> names = parameters.All
        .SelectMany(p => IndexContents.Of(p).Select(f => (Number: catalog.Number(p, f), Name: $"{p.ResourceType.Name}.{IndexContents.Name(p, f)}")))
        .Where(n => n.Number > 0).ToDictionary(n => n.Number, n => n.Name);
    private readonly Dictionary<int, int[]> sets = catalog.ParameterSets.ByNumber();

    public string Word(string word)
    {
        var colon = word.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !int.TryParse(word.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var parameter))
        {
            return $"the word '{word}'";
        }

        return word[(colon + 1)..].Split(Lexeme.Separator) is [var code, var number]
            ? $"{Name(parameter)} '{code}' with system {number}"
            : $"{Name(parameter)} '{word[(colon + 1)..]}'";
    }

    public string String(StringRow row) => $"{Name(row.Parameter)} '{row.Value}' ('{row.Original}', tenant {row.Tenant})";

    public string Date(DateRow row) => string.Create(CultureInfo.InvariantCulture, $"{Name(row.Parameter)} from {row.Low} to {row.High} (tenant {row.Tenant})");

    public string Amount(AmountRow row) => string.Create(
        CultureInfo.InvariantCulture, $"{Name(row.Parameter)} from {row.Low} to {row.High} '{row.Code}' (system {row.System}, unit {row.Unit ?? "none"}, tenant {row.Tenant})");

    public string Composite(CompositeRow row) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Name(row.Parameter)} '{row.Word.Replace(Lexeme.Separator, '|')}' with '{row.Rest.Replace(Lexeme.Separator, '|').Replace(Lexeme.Between, ' ')}' from {row.Low} to {row.High}, {row.Low2} to {row.High2} '{row.Code}' (system {row.System}, unit {row.Unit ?? "none"}, tenant {row.Tenant})");

    public string Text(TextRow row) => $"{Name(row.Parameter)} of a text with the digest {row.Digest} (tenant {row.Tenant})";

    public string Parameters(IEnumerable<int> numbers) => string.Join('+', numbers.Select(Name));

    private string Name(int parameter) => sets.TryGetValue(parameter, out var set) ? Parameters(set) : names.GetValueOrDefault(parameter) ?? $"parameter {parameter}, which is none,";
}
