using System.Text;
using System.Text.Json;
using Salus.Bench.Ceilings;
using Salus.Bench.Load;
using Salus.Bench.Processes;

namespace Salus.Bench.Http;

/// <summary>A running server over a store, its PostgreSQL, and the questions that fit.</summary>
internal sealed class Bed : IAsyncDisposable
{
    private readonly List<Meter> meters;

    private Bed(SalusServer server, Postgres postgres, Questions questions)
    {
        (Server, Postgres, Questions) = (server, postgres, questions);
        meters = [new("server", () => server.CpuSeconds * 1e6), new("postgres", () => postgres.CpuSeconds * 1e6), new("wal", () => postgres.Wal())];
    }

    public SalusServer Server { get; }

    public Postgres Postgres { get; }

    public Questions Questions { get; }

    public static async Task<Bed> OpenAsync(Store store)
    {
        var server = await SalusServer.StartAsync(store.Folder);
        var postgres = Postgres.Find(store.Folder) ?? throw new InvalidOperationException($"The server is ready, but its PostgreSQL in {store.Folder} is not to be found.");
        return new(server, postgres, new Questions(store.Record, store.Resources));
    }

    /// <summary>One load on the server; says on the console how it went.</summary>
    public Task<LoadResult> LoadAsync(Workload workload, LoadPlan plan) => LoadAsync(Server.Port, workload, plan, meters);

    /// <summary>One load on the ceiling's server.</summary>
    public Task<LoadResult> LoadAsync(CeilingProcess ceiling, Workload workload, LoadPlan plan) =>
        LoadAsync(ceiling.Port, workload, plan, [new("server", () => ceiling.CpuSeconds * 1e6), meters[1]]);

    /// <summary>Loads that nobody looks at, so that the first measured one does not pay for the compiler.</summary>
    /// <exception cref="InvalidOperationException">An answer is no success.</exception>
    public async Task WarmAsync(TimeSpan each, params IEnumerable<Workload> workloads)
    {
        foreach (var workload in workloads)
        {
            await WarmAsync(Server.Port, each, workload);
        }
    }

    /// <summary>The same for the ceiling's server.</summary>
    public static async Task WarmAsync(int port, TimeSpan each, Workload workload)
    {
        var result = await new LoadRun(port, workload, new(Clients: 8, each, TimeSpan.Zero), []).RunAsync();
        if (result.Failures > 0)
        {
            throw new InvalidOperationException($"{workload.Name}: {result.FailureText} while warming up.");
        }
    }

    /// <summary>Asks some questions and reads the answers: the mean number of entries.</summary>
    /// <exception cref="InvalidOperationException">An answer is no success, or a search finds nothing.</exception>
    public async Task<double> EntriesAsync(Workload workload, int sample = 50)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://127.0.0.1:{Server.Port}") };
        var found = 0;
        foreach (var shot in workload.Groups[0].Shots.Take(sample))
        {
            var path = Encoding.ASCII.GetString(shot.Bytes).Split(' ')[1];
            using var answer = JsonDocument.Parse(await http.GetByteArrayAsync(new Uri(path, UriKind.Relative)));
            var entries = answer.RootElement.TryGetProperty("entry", out var list) ? list.GetArrayLength() : 0;
            found += entries > 0 ? entries : throw new InvalidOperationException($"{path} finds nothing.");
        }

        return found / (double)Math.Min(sample, workload.Groups[0].Shots.Length);
    }

    public async ValueTask DisposeAsync()
    {
        await Postgres.DisposeAsync();
        await Server.DisposeAsync();
    }

    private static async Task<LoadResult> LoadAsync(int port, Workload workload, LoadPlan plan, IReadOnlyList<Meter> meters)
    {
        var result = await new LoadRun(port, workload, plan, meters).RunAsync();
        Console.WriteLine(string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{result.Name,-40} c={result.Clients,-3} {result.PerSecond,8:N0}/s  p50 {result.Latencies.Percentile(0.5):F2}  p99 {result.Latencies.Percentile(0.99):F2} ms  client {result.OwnMicroseconds:F1} us{(result.Failures > 0 ? "  FAILED " + result.FailureText : "")}"));
        return result;
    }
}
