using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Salus.Host.Tests.Access;

/// <summary>What the server answered to somebody.</summary>
internal sealed partial record MatrixAnswer(string Request, MatrixCaller Caller, int Status, string Text, string Headers, Uri? Place)
{
    private static readonly Dictionary<string, Seeded> ByMark = Seed.All.ToDictionary(r => r.Mark, StringComparer.Ordinal);
    private static readonly Dictionary<string, Seeded> ByName = Seed.Own.ToDictionary(r => r.Name, StringComparer.Ordinal);

    public JsonNode Json => JsonNode.Parse(Text)!;

    /// <summary>The names of the resources of which something is in it: their texts anywhere, or they themselves.</summary>
    public IReadOnlySet<Seeded> Shows()
    {
        var found = Mark().Matches(Text + Headers).Select(m => ByMark.GetValueOrDefault(m.Value)).OfType<Seeded>().ToHashSet();
        foreach (Match match in Resource().Matches(Text))
        {
            if (ByName.GetValueOrDefault($"{match.Groups[1].Value}/{match.Groups[2].Value}") is { } resource)
            {
                found.Add(resource);
            }
        }

        return found;
    }

    /// <summary>The logical names of the entries that a search found as matches.</summary>
    public IReadOnlyList<string> Matches() => Status == 200 && Text.StartsWith('{')
        ? [.. (Json["entry"]?.AsArray() ?? []).Where(e => (string?)e!["search"]?["mode"] == "match").Select(e => $"{e!["resource"]?["resourceType"]}/{e["resource"]?["id"]}")]
        : [];

    /// <summary>What of it its caller may not see; empty when all is well.</summary>
    public IEnumerable<string> Leaks(Oracle oracle) =>
        Shows().Where(r => !oracle.Sees(Caller.Role, r)).Select(r => $"{Caller.Role}: {Request}\n  {Status} shows {(r.Tenant == 1 ? "" : $"tenant {r.Tenant}: ")}{r.Name}")
            .Concat(Status >= 500 && Status != 501 ? [$"{Caller.Role}: {Request}\n  {Status} {Text}"] : []);

    public override string ToString() => $"{Caller.Role}: {Request}\n  {Status} {Text[..Math.Min(Text.Length, 300)]}";

    [GeneratedRegex(@"MARK\.\w+\.[a-z0-9-]+\.")]
    private static partial Regex Mark();

    [GeneratedRegex("\"resourceType\"\\s*:\\s*\"(\\w+)\"\\s*,\\s*\"id\"\\s*:\\s*\"([^\"]+)\"")]
    private static partial Regex Resource();
}
