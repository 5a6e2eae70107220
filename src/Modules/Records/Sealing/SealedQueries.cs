using System.Text.Json;
using System.Text.RegularExpressions;
using Salus.Fhir.Definitions;
using Salus.Fhir.Search;
using Salus.Kernel;
using Salus.Records.Search.Filter;
using Salus.Records.Search.Parameters;

namespace Salus.Records.Sealing;

/// <summary>
/// What is searched by a parameter that may find sealed values is kept as <c>sealed:</c> and the hash that it is found by: the same question shows the same. Rather once too often: chains,
/// <c>_has</c> and modifiers are told by their names, whatever type they lead to. An identifier of a system that is not sealed stays, where systems alone say what is.
/// </summary>
internal sealed partial class SealedQueries(SealKeys keys, SearchParameterSet parameters) : IQueryVeil
{
    // What does not parse was never run; of a document of $graphql the trail has the searches.
    private const string Unread = "(sealed)";

    private volatile Found? found;

    public string Query(string query)
    {
        if (keys.Rules is null || !query.Contains('=', StringComparison.Ordinal))
        {
            return query;
        }

        var mark = query[0] == '?' ? "?" : "";
        return mark + string.Join('&', query[mark.Length..].Split('&').Select(Pair));
    }

    public string Value(string name, string value) =>
        keys.Rules is not { } rules || value is "true" or "false" ? value
        : name is "query" or "variables" ? Unread
        : name == "_filter" ? Filter(rules, value)
        : name == "_typeFilter" ? string.Join(',', TypeFilters().Split(value).Select(f => f.IndexOf('?', StringComparison.Ordinal) is var at and >= 0 ? f[..(at + 1)] + Query(f[(at + 1)..]) : f))
        : Values(rules, name, value);

    private string Pair(string pair)
    {
        var at = pair.IndexOf('=', StringComparison.Ordinal);
        if (at < 0)
        {
            return pair;
        }

        var value = Text(pair[(at + 1)..]);
        var shown = Value(Text(pair[..at]), value);
        // What is not replaced stays as it was written.
        return shown == value ? pair : $"{pair[..at]}={Uri.EscapeDataString(shown).Replace("%3A", ":", StringComparison.Ordinal).Replace("%2F", "/", StringComparison.Ordinal).Replace("%7C", "|", StringComparison.Ordinal)}";
    }

    private static string Text(string encoded) => Uri.UnescapeDataString(encoded.Replace('+', ' '));

    // Values are joined by commas, the parts of composites by '$'.
    private string Values(SealRules rules, string name, string value)
    {
        var finds = name.Split('.', ':').Any(Codes(rules).Contains);
        return string.Join(',', SearchText.Split(value, ',').Select(v => string.Join('$', SearchText.Split(v, '$').Select(part => One(rules, finds, part)))));
    }

    private string One(SealRules rules, bool finds, string value)
    {
        var parts = SearchText.Split(value, '|');
        var isSealed = parts.Count > 1 && rules.Systems.Contains(SearchText.Unescape(parts[0]));
        var isClear = parts is [{ Length: > 0 }, _] && rules.BySystemAlone;
        if (parts[^1].Length == 0 || !(isSealed || (finds && !isClear)))
        {
            return value;
        }

        parts[^1] = $"sealed:{keys.Ring.Hash(SearchText.Unescape(parts[^1]))}";
        return string.Join('|', parts);
    }

    private string Filter(SealRules rules, string text)
    {
        if (!Codes(rules).Concat(rules.Systems).Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase)))
        {
            return text;
        }

        return FilterReader.Read(text).Failed(out _) ? Unread : Test().Replace(text, test =>
        {
            var written = test.Groups["value"].Value;
            var value = written[0] == '"' ? JsonSerializer.Deserialize<string>(written)! : written;
            var shown = Values(rules, test.Groups["name"].Value.Replace(']', '.'), value);
            return shown == value ? test.Value : $"{test.Groups["name"].Value} {test.Groups["how"].Value} \"{shown}\"";
        });
    }

    // Of all types: what a chain leads to is not looked at.
    private HashSet<string> Codes(SealRules rules)
    {
        var snapshot = parameters.Current;
        if (found is not { } known || known.Of != snapshot || known.Rules != rules)
        {
            var codes = snapshot.All.Where(p => p.Type switch
            {
                SearchType.Token => rules.MayFind(p, snapshot.IsAdded(p)),
                SearchType.Composite => snapshot.IsAdded(p),
                _ => false,
            }).Select(p => p.Code);
            // Also the modifier of a reference.
            found = known = new Found(snapshot, rules, codes.Append("identifier").ToHashSet(StringComparer.OrdinalIgnoreCase));
        }

        return known.Codes;
    }

    // A test of http://hl7.org/fhir/R4/search_filter.html: path, operator, value.
    [GeneratedRegex("""(?<name>[\w:.\-\]]+)\s+(?<how>[a-z]{2})\s+(?<value>"(?:\\.|[^"\\])*"|[^\s()\[\]"]+)""")]
    private static partial Regex Test();

    // Of an export: queries, joined by commas as their values are.
    [GeneratedRegex(@",(?=[A-Z][A-Za-z]*\?)")]
    private static partial Regex TypeFilters();

    private sealed record Found(SearchParameterSnapshot Of, SealRules Rules, HashSet<string> Codes);
}
