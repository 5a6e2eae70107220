using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Npgsql;
using Salus.Bench.Processes;

namespace Salus.Bench.Views;

/// <summary>How long after the answer to a write its rows stand in the tables of views, in the running server.</summary>
internal sealed class ViewLatency : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly StoreFolder folder;
    private readonly SalusServer server;
    private readonly Postgres postgres;

    private ViewLatency(StoreFolder folder, SalusServer server, Postgres postgres) => (this.folder, this.server, this.postgres) = (folder, server, postgres);

    /// <summary>Adds a section to the page.</summary>
    public static async Task MeasureAsync(ResultPage page, int writes)
    {
        var folder = new StoreFolder(null);
        var server = await SalusServer.StartAsync(folder.Path);
        await using var bench = new ViewLatency(folder, server, Postgres.Find(folder.Path) ?? throw new InvalidOperationException("The server's PostgreSQL is not to be found."));
        page.Line();
        page.Line("## A change in its tables");
        page.Line();
        page.Line($"The server on an empty record, with 1 and then 10 active views of Patient. A client changes a resource {writes} times, one after the other, and looks into the last view's table");
        page.Line("until the change is there. The time runs from the answer to the write.");
        page.Columns("active views", "p50 ms", "p95 ms", "p99 ms", "slowest ms");
        foreach (var views in (int[])[1, 10])
        {
            var times = await bench.RunAsync(views, writes);
            page.Format($"| {views} | {times.Percentile(0.5):F1} | {times.Percentile(0.95):F1} | {times.Percentile(0.99):F1} | {times.Max():F1} |");
        }
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await postgres.DisposeAsync();
        await server.DisposeAsync();
        folder.Dispose();
    }

    private async Task<List<double>> RunAsync(int views, int writes)
    {
        for (var i = 1; i <= views; i++)
        {
            await PutAsync($"ViewDefinition/v{i}", $$"""
                {"resourceType":"ViewDefinition","id":"v{{i}}","name":"v{{i}}","status":"active","resource":"Patient",
                 "select":[{"column":[{"name":"id","path":"id"},{"name":"family","path":"name.first().family"},{"name":"birth","path":"birthDate"}]}]}
                """);
        }

        await using var connection = await postgres.OpenAsync();
        await WaitAsync(connection, "select count(*) = $1 from records.view where state = 'ready'", new NpgsqlParameter<int> { TypedValue = views });
        var times = new List<double>();
        for (var i = 0; i < writes + 20; i++)
        {
            var family = string.Create(CultureInfo.InvariantCulture, $"F{views}-{i}");
            await PutAsync("Patient/p", $$"""{"resourceType":"Patient","id":"p","name":[{"family":"{{family}}"}]}""");
            var answered = Stopwatch.GetTimestamp();
            await WaitAsync(connection, string.Create(CultureInfo.InvariantCulture, $"select exists (select from views.v{views} where id = 'p' and family = $1)"), new NpgsqlParameter<string> { TypedValue = family });
            if (i >= 20)
            {
                times.Add(Stopwatch.GetElapsedTime(answered).TotalMilliseconds);
            }
        }

        return times;
    }

    private static async Task WaitAsync(NpgsqlConnection connection, string sql, NpgsqlParameter parameter)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(parameter);
        for (var started = Stopwatch.GetTimestamp(); await command.ExecuteScalarAsync() is not true;)
        {
            if (Stopwatch.GetElapsedTime(started) > Patience)
            {
                throw new TimeoutException(sql);
            }
        }
    }

    private async Task PutAsync(string path, string body)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/fhir+json");
        using var answer = await http.PutAsync(new Uri($"http://127.0.0.1:{server.Port}/fhir/{path}"), content);
        answer.EnsureSuccessStatusCode();
    }
}
