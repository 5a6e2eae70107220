using Salus.Bench.Processes;

namespace Salus.Bench.Http;

/// <summary>What a store takes on disk, as a table.</summary>
internal static class DiskPage
{
    private const long Small = 1024 * 1024;

    public static void Write(ResultPage page, IReadOnlyList<TableSize> tables, long resources)
    {
        page.Line("\n## Disk\n");
        page.Line("Bytes per resource (`pg_total_relation_size`: table, indexes, TOAST), before the requests; tables below 1 MB are summed up.");
        page.Columns("table", "all", "of these indexes", "MB");
        foreach (var table in tables.Where(t => t.Total >= Small))
        {
            page.Format($"| {table.Name} | {table.Total / resources} | {table.Indexes / resources} | {table.Total / 1e6:F0} |");
        }

        var (rest, sum) = (tables.Where(t => t.Total < Small).Sum(t => t.Total), tables.Sum(t => t.Total));
        page.Format($"| others | {rest / resources} |  | {rest / 1e6:F0} |");
        page.Format($"| **everything** | {sum / resources} | {tables.Sum(t => t.Indexes) / resources} | {sum / 1e6:F0} |");
    }
}
