using Salus.Bench.Processes;

namespace Salus.Bench.Http;

/// <summary>How long the server takes from the start of its process to the first 200 of <c>/readyz</c> on a store that is there, its PostgreSQL included.</summary>
internal static class WarmStart
{
    /// <summary>Seconds of each start. The server was stopped in order before (SIGTERM), the files are in the page cache.</summary>
    public static async Task<IReadOnlyList<double>> RunAsync(string folder, long starts)
    {
        var seconds = new List<double>();
        for (var i = 0; i < starts; i++)
        {
            await using var server = await SalusServer.StartAsync(folder);
            seconds.Add(server.Started.TotalSeconds);
        }

        return seconds;
    }
}
