using System.Diagnostics;
using Npgsql;

namespace Salus.Bench.Layouts;

/// <summary>Milliseconds of each execution, and of the server's processor over all of them.</summary>
internal sealed class SearchCost
{
    public List<double> Wall { get; } = [];

    public double Processor { get; set; }

    public long Rows { get; set; }
}

/// <summary>Asks every layout the same, one layout after the other, and compares the answers.</summary>
internal sealed class SearchTimes(Bed bed)
{
    private const int Executions = 200;
    // PostgreSQL settles for a generic plan or not after five.
    private const int Warmup = 8;
    // A question that is slow in some layout ends early; the page says how often it was asked.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    /// <summary>Costs per layout; fails when two layouts answer differently.</summary>
    public async Task<Dictionary<Layout, SearchCost>> AskAsync(Question question)
    {
        var costs = bed.Layouts.ToDictionary(l => l, _ => new SearchCost());
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < Warmup + Executions && (i < Warmup + 30 || Stopwatch.GetElapsedTime(started) < Longest); i++)
        {
            var url = question.Urls[i % question.Urls.Count];
            List<long>? expected = null;
            for (var j = 0; j < bed.Layouts.Count; j++)
            {
                var layout = bed.Layouts[(i + j) % bed.Layouts.Count];
                var found = await AskAsync(layout, url, question.Count, i < Warmup ? new SearchCost() : costs[layout]);
                expected ??= found;
                if (!found.SequenceEqual(expected))
                {
                    throw new InvalidOperationException($"Layout {layout.Name} answers {url} with {found.Count} rows other than the {expected.Count} of its predecessor.");
                }
            }
        }

        return costs;
    }

    /// <summary>The plans that PostgreSQL makes for the values of the first variant.</summary>
    public async Task<string> ExplainAsync(Question question)
    {
        var text = new System.Text.StringBuilder();
        foreach (var layout in bed.Layouts)
        {
            await using var command = await CommandAsync(layout, question.Urls[0], question.Count);
            command.CommandText = $"explain (analyze, buffers) {command.CommandText}";
            text.AppendLine().AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"{question.Urls[0]}, layout {layout.Name}");
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                text.AppendLine(reader.GetString(0));
            }
        }

        return text.ToString();
    }

    private async Task<NpgsqlCommand> CommandAsync(Layout layout, string url, bool count)
    {
        var parts = url.Split('?', 2);
        var query = parts[1].Split('&').Select(p => p.Split('=', 2)).Select(p => new KeyValuePair<string, string>(p[0], p[1]));
        var request = bed.Parser.Parse(parts[0], query, lenient: false).Value;
        var sql = count ? await layout.CountAsync(Bed.Caller, request) : await layout.PageAsync(Bed.Caller, request);
        var command = new NpgsqlCommand(layout.Own(sql.ToString()), bed.Connection) { CommandTimeout = 0 };
        sql.Parameters.ForEach(p => command.Parameters.Add(p));
        return command;
    }

    private async Task<List<long>> AskAsync(Layout layout, string url, bool count, SearchCost cost)
    {
        await using var command = await CommandAsync(layout, url, count);
        var found = new List<long>();
        var processor = bed.Server.Milliseconds;
        var started = Stopwatch.GetTimestamp();
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                found.Add(reader.GetInt64(0));
            }
        }

        cost.Wall.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        cost.Processor += bed.Server.Milliseconds - processor;
        cost.Rows += count ? found[0] : found.Count;
        return found;
    }
}
