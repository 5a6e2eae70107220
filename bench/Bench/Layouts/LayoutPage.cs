using System.Globalization;
using System.Text;

namespace Salus.Bench.Layouts;

/// <summary>The results as a page of Markdown.</summary>
internal static class LayoutPage
{
    public static string Write(
        Bed bed, string[] arguments, DateTimeOffset started, string load, List<Stage> stages, List<Dictionary<Layout, BatchCost>> updates, double hashing)
    {
        var page = new StringBuilder();
        page.AppendLine("# Index layouts for tokens, references and URIs").AppendLine();
        page.AppendLine(CultureInfo.InvariantCulture, $"- **Command** `eng/bench {string.Join(' ', arguments)}`; {started:yyyy-MM-dd HH:mm} UTC, {(TimeProvider.System.GetUtcNow() - started).TotalMinutes:F0} minutes.");
        page.AppendLine(CultureInfo.InvariantCulture, $"- **Hardware** {Machine.Describe()}; embedded PostgreSQL {bed.Database.ServerVersion} with the settings Salus gives it, save autovacuum off.");
        page.AppendLine(CultureInfo.InvariantCulture, $"- **Load averages** (1, 5, 15 minutes) at the start {load}; {string.Join("; ", stages.Select(s => $"at {Thousands(s.Resources)} resources {s.Load}"))}.");
        page.AppendLine(Method);
        page.AppendLine("| layout | what it is |").AppendLine("|---|---|");
        foreach (var layout in bed.Layouts)
        {
            page.AppendLine(CultureInfo.InvariantCulture, $"| {layout.Name} | {layout.Description} |");
        }

        foreach (var stage in stages)
        {
            page.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"## {Thousands(stage.Resources)} resources");
            Import(page, stage);
            Disk(page, stage);
            stage.Searches.ForEach(s => Searches(page, bed.Layouts, s));
        }

        Updates(page, bed.Layouts, updates);
        page.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"Computing the hashes (SHA-256, one thread of the client) took {hashing:F0} us per resource and is in none of the figures.");
        return page.ToString().ReplaceLineEndings("\n");
    }

    private const string Method = """
        - **Data** the 150 Synthea bundles and their hospitals, through the record's own reader, rewriter and extraction; further copies have ids (UUIDv7) and identifiers of their own.
        - **Method** one server, one connection, a schema per layout. Each transaction of 500 resources (log, current rows, all index rows, `insert ... select from unnest`, synchronous_commit on)
          goes into every layout before the next one, beginning with another layout each time, so that other load on the machine meets all alike. Parsing is not in the times. "CPU" is the
          processor time of the server process: steadier than the clock on a shared machine. WAL is what each transaction moved the write position by. Each search runs 8 times
          unmeasured and then 200 times (fewer when that takes over two minutes), again in turn through the layouts, with varying arguments; all layouts have to return the same rows in the same order, or the program fails.
        - Layouts with 64 bits (B, B0, C) answer without looking at the real value: they show what 64-bit hashes cost **without** the recheck that they would need to be safe.

        """;

    private static void Import(StringBuilder page, Stage stage)
    {
        page.AppendLine().AppendLine("| import | resources/s overall | against A | against A, median of turns | rows/s | CPU ms per 1,000 resources | against A | transaction p50 / p99 ms | WAL bytes per resource | index rows per resource |")
            .AppendLine("|---|---|---|---|---|---|---|---|---|---|");
        var first = stage.Import.First().Value;
        foreach (var (layout, costs) in stage.Import)
        {
            var wall = costs.Select(c => c.Wall).ToList();
            var (cpu, firstCpu) = (costs.Sum(c => c.Processor), first.Sum(c => c.Processor));
            var speed = stage.Resources * 1000 / wall.Sum();
            // Within the same turn, so that load that comes and goes cancels.
            var turns = costs.Zip(first, (mine, a) => a.Wall / mine.Wall).ToList().Median();
            var rows = (double)costs.Sum(c => c.Rows) / stage.Resources;
            page.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {layout.Name} | {speed:F0} | {Percent(first.Sum(c => c.Wall) / wall.Sum())} | {Percent(turns)} | {speed * rows:F0} | {cpu * 1000 / stage.Resources:F0} | {Percent(cpu / firstCpu)} | {wall.Median():F0} / {wall.Percentile(0.99):F0} | {costs.Sum(c => c.Wal) / stage.Resources} | {rows - 2:F1} |");
        }
    }

    private static void Disk(StringBuilder page, Stage stage)
    {
        page.AppendLine().AppendLine("| bytes per resource | exact: table | exact: indexes | other index tables: table + indexes | log and current: table + indexes | search in all | everything | against A | vacuum s |")
            .AppendLine("|---|---|---|---|---|---|---|---|---|");
        long All(DiskUse use) => use.Search + use.LogTables + use.LogIndexes;
        var first = All(stage.Disk.First().Value);
        foreach (var (layout, use) in stage.Disk)
        {
            long Each(long bytes) => bytes / stage.Resources;
            page.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {layout.Name} | {Each(use.ExactTable)} | {Each(use.ExactIndexes)} | {Each(use.OtherTables)} + {Each(use.OtherIndexes)} | {Each(use.LogTables)} + {Each(use.LogIndexes)} | {Each(use.Search)} | {Each(All(use))} | {Percent((double)All(use) / first)} | {use.VacuumSeconds:F1} |");
        }
    }

    private static void Searches(StringBuilder page, IReadOnlyList<Layout> layouts, Searches searches)
    {
        page.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"Searches, {searches.Conditions}; p50 / p99 ms (CPU ms, mean):").AppendLine();
        page.AppendLine(CultureInfo.InvariantCulture, $"| search | runs | rows, mean | {string.Join(" | ", layouts.Select(l => l.Name))} |");
        page.Append("|---|---|---|").Append(string.Concat(layouts.Select(_ => "---|"))).AppendLine();
        foreach (var (question, costs) in searches.Asked)
        {
            var one = costs[layouts[0]];
            var cells = layouts.Select(l => string.Create(
                CultureInfo.InvariantCulture, $"{costs[l].Wall.Median():F2} / {costs[l].Wall.Percentile(0.99):F1} ({costs[l].Processor / costs[l].Wall.Count:F2})"));
            page.AppendLine(CultureInfo.InvariantCulture, $"| {question.Name} | {one.Wall.Count} | {(double)one.Rows / one.Wall.Count:F0} | {string.Join(" | ", cells)} |");
        }
    }

    private static void Updates(StringBuilder page, IReadOnlyList<Layout> layouts, List<Dictionary<Layout, BatchCost>> updates)
    {
        page.AppendLine().AppendLine("## Update").AppendLine();
        page.AppendLine("1,000 resources from all over the record get a next version with the same values, 100 per transaction: log, current row, old index rows deleted, new ones inserted. Nearly every page is touched for the first time since a checkpoint, so that whole pages go to the WAL.").AppendLine();
        page.AppendLine("| layout | ms per transaction, median | against A | CPU ms, mean | WAL bytes per resource |").AppendLine("|---|---|---|---|---|");
        foreach (var layout in layouts)
        {
            var ratio = updates.Select(u => u[layout].Wall / u[layouts[0]].Wall).ToList().Median();
            page.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {layout.Name} | {updates.Select(u => u[layout].Wall).ToList().Median():F1} | {Percent(ratio)} | {updates.Average(u => u[layout].Processor):F1} | {updates.Sum(u => u[layout].Wal) / (updates.Count * 100)} |");
        }

        page.AppendLine().AppendLine("Layout D, where it takes part, reads the stored bodies and extracts the old values again within this time (clock, not CPU: that part runs in the client).");
    }

    private static string Percent(double ratio) => string.Create(CultureInfo.InvariantCulture, $"{ratio * 100:F0} %");

    private static string Thousands(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
