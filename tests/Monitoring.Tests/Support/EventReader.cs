using System.Text.Json;

namespace Salus.Monitoring.Tests.Support;

/// <summary>Reads Server-Sent Events, one after the other.</summary>
internal sealed class EventReader(HttpResponseMessage answer, StreamReader lines) : IAsyncDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>Reads events until the one that is meant.</summary>
    /// <exception cref="TimeoutException">It does not come; names those that came.</exception>
    public async Task UntilAsync(Func<string, string?, JsonElement, bool> meant)
    {
        using var stop = new CancellationTokenSource(Longest);
        var came = new List<string>();
        try
        {
            while (await NextAsync(stop.Token) is var (name, id, data) && !meant(name, id, data))
            {
                came.Add($"{name} {data}");
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw new TimeoutException($"Not in {Longest.TotalSeconds} s. There were {string.Join(", ", came)}");
        }
    }

    // The next event with data.
    private async Task<(string Name, string? Id, JsonElement Data)> NextAsync(CancellationToken ct)
    {
        var (name, id) = ("message", (string?)null);
        while (await lines.ReadLineAsync(ct) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
            {
                name = line["event: ".Length..];
            }
            else if (line.StartsWith("id: ", StringComparison.Ordinal))
            {
                id = line["id: ".Length..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                return (name, id, JsonDocument.Parse(line["data: ".Length..]).RootElement.Clone());
            }
        }

        throw new TimeoutException("The stream has ended.");
    }

    public ValueTask DisposeAsync()
    {
        lines.Dispose();
        answer.Dispose();
        return ValueTask.CompletedTask;
    }
}
