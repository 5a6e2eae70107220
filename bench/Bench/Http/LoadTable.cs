using Salus.Bench.Load;

namespace Salus.Bench.Http;

/// <summary>Loads as rows of a page.</summary>
internal static class LoadTable
{
    public const string Legend = "CPU is processor time for one request: of the load generator, of the server, of PostgreSQL. Two cores give 2,000,000 us a second to all three together.";

    public static void Head(ResultPage page) => page.Columns(
        "work", "clients", "requests/s", "p50 ms", "p90 ms", "p99 ms", "max ms", "bytes per answer", "CPU us: client", "server", "PostgreSQL", "WAL bytes per request", "of its ceiling", "failures");

    /// <param name="ceiling">Requests a second of what it is compared with; null for none.</param>
    public static void Row(ResultPage page, LoadResult load, double? ceiling = null)
    {
        var share = ceiling is { } most ? $"{load.PerSecond / most * 100:F0} %" : "";
        var wal = load.PerRequest("wal") is var bytes && double.IsNaN(bytes) ? "" : $"{bytes:F0}";
        page.Format($"| {load.Name} | {load.Clients} | {load.PerSecond:N0} | {load.Latencies.Percentile(0.5):F2} | {load.Latencies.Percentile(0.9):F2} | {load.Latencies.Percentile(0.99):F2} | {load.Latencies.MaxMilliseconds:F1} | {load.Bytes / Math.Max(1, load.Requests)} | {load.OwnMicroseconds:F1} | {load.PerRequest("server"):F0} | {load.PerRequest("postgres"):F0} | {wal} | {share} | {(load.Failures == 0 ? "0" : load.FailureText)} |");
    }
}
