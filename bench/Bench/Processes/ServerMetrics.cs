using System.Globalization;

namespace Salus.Bench.Processes;

/// <summary>What a server says of itself at /metrics, line by line.</summary>
internal sealed class ServerMetrics
{
    private readonly IReadOnlyList<string> lines;

    private ServerMetrics(IReadOnlyList<string> lines) => this.lines = lines;

    /// <exception cref="HttpRequestException">It does not answer.</exception>
    public static async Task<ServerMetrics> ReadAsync(HttpClient http, int port) => new((await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"))).Split('\n'));

    /// <summary>The sum of all lines that begin like this; 0 without any.</summary>
    public double Sum(string begin) => Of(begin).Sum(l => double.Parse(l[(l.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));

    /// <summary>The first line that begins like this and is not 0.</summary>
    public string? NotZero(string begin) => Of(begin).FirstOrDefault(l => !l.EndsWith(" 0", StringComparison.Ordinal));

    private IEnumerable<string> Of(string begin) => lines.Where(l => l.StartsWith(begin, StringComparison.Ordinal));
}
