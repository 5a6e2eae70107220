using System.Text.Json;

namespace Salus.Monitoring.Tests.Support;

/// <summary>Reads Server-Sent Events, one after the other.</summary>
internal sealed class EventReader(HttpResponseMessage answer, StreamReader lines) : IAsyncDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    /// <summary>The next event with data.</summary>
    /// <exception cref="TimeoutException">None comes.</exception>
    public async Task<(string Name, string? Id, JsonElement Data)> NextAsync()
    {
        using var stop = new CancellationTokenSource(Longest);
        var (name, id) = ("message", (string?)null);
        while (await lines.ReadLineAsync(stop.Token) is { } line)
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
