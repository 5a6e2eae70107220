using System.Collections.Concurrent;

namespace Salus.Host.Tests.Access;

/// <summary>Runs what the tests of the matrix have in common.</summary>
internal static class Matrix
{
    private static readonly string[] Operations =
        ["everything", "lastn", "meta", "diff", "validate", "expand", "validate-code", "lookup", "subsumes", "translate", "export", "status", "events", "topic-list", "get-ws-binding-token", "viewdefinition-run", "run"];

    /// <summary>Asks all of it, eight at once; what is wrong.</summary>
    public static async Task<IReadOnlyCollection<string>> EachAsync<T>(IEnumerable<T> items, Func<T, Task<IEnumerable<string>>> wrong)
    {
        var found = new ConcurrentBag<string>();
        var asked = 0;
        await Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (item, _) =>
        {
            Interlocked.Increment(ref asked);
            foreach (var one in await wrong(item))
            {
                found.Add(one);
            }
        });
        Assert.True(asked > 0, "nothing was asked");
        return found;
    }

    public static void Empty(IReadOnlyCollection<string> wrong) =>
        Assert.True(wrong.Count == 0, $"{wrong.Count} wrong answers:\n{string.Join('\n', wrong.Order(StringComparer.Ordinal).Take(40))}");

    /// <summary>A pattern with the names of the seed in the place of its parameters.</summary>
    public static IEnumerable<string> Expanded(string pattern)
    {
        if (pattern.Contains("{type", StringComparison.Ordinal))
        {
            return Seed.Types.SelectMany(t => Rest(pattern.Replace("{type:alpha}", t, StringComparison.Ordinal).Replace("{type}", t, StringComparison.Ordinal), [.. Seed.All.Where(r => r.Type == t).Select(r => r.Id).Distinct()]));
        }

        return Rest(pattern, pattern.Contains("/Subscription/", StringComparison.Ordinal) ? ["hook-1"] : ["x1"]);
    }

    private static IEnumerable<string> Rest(string pattern, string[] ids) =>
        from first in Filled(pattern, "{id}", ids)
        from second in Filled(first.Replace("{number:int}", "2", StringComparison.Ordinal), "{id:guid}", ["01890000-0000-7000-8000-000000000001"])
        from third in Filled(second, "{version}", ["1", "2"])
        from fourth in Filled(third, "{target}", ["*", "Observation"])
        from fifth in Filled(fourth, "{operation}", Operations)
        from path in Filled(fifth, "{**path}", ["x1"])
        select path.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal);

    private static IEnumerable<string> Filled(string pattern, string parameter, string[] values) =>
        pattern.Contains(parameter, StringComparison.Ordinal) ? values.Select(v => pattern.Replace(parameter, v, StringComparison.Ordinal)) : [pattern];
}
