namespace Salus.Bench.Ceilings;

/// <summary>Ceilings that are not requests, as tables of a page.</summary>
internal static class CeilingPage
{
    public static void Write(ResultPage page, IReadOnlyList<RawInsertSpeed> raw, JsonPass pass)
    {
        page.Line("\n## Ceilings of writing\n");
        page.Line("One connection, two bodies and six index rows per resource, `insert ... select from unnest`, a durable commit for each group; into tables of its own in the same PostgreSQL.");
        page.Columns("group", "resources/s", "PostgreSQL CPU us per resource", "WAL bytes per resource", "resources");
        foreach (var speed in raw)
        {
            page.Format($"| {speed.Group} | {speed.PerSecond:N0} | {speed.PostgresCpuMicroseconds:F0} | {speed.WalBytes:N0} | {speed.Resources:N0} |");
        }

        page.Format($"\nThe same JSON in memory ({pass.Megabytes:F0} MB, {pass.Resources:N0} resources), one thread, fastest of the passes: reading every token (Utf8JsonReader) {pass.Tokens:N0} MB/s = {pass.TokenResources:N0} resources/s; checking the bytes for UTF-8 (Utf8.IsValid) {pass.Scan:N0} MB/s = {pass.ScanResources:N0} resources/s.");
    }
}
