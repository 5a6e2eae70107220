namespace Salus.RabbitMq.Tests.Cluster;

/// <summary>Somebody who follows a patient at one of the processes, by Server-Sent Events.</summary>
internal sealed class LiveClient : IAsyncDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler()) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly CancellationTokenSource stop = new();
    private readonly Task reading;
    private readonly Lock turn = new();
    private readonly List<string> data = [];

    public LiveClient(SalusProcess node, int patient) => reading = ReadAsync(new Uri(node.Address, $"/monitoring/events?patient={SharedWard.Patient(patient)}"));

    /// <summary>Whether there was an event whose data holds this text.</summary>
    public bool Heard(string text)
    {
        lock (turn)
        {
            return data.Exists(d => d.Contains(text, StringComparison.Ordinal));
        }
    }

    /// <summary>How many events there were.</summary>
    public int Count
    {
        get
        {
            lock (turn)
            {
                return data.Count;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
        http.Dispose();
    }

    private async Task ReadAsync(Uri address)
    {
        using var reader = new StreamReader(await http.GetStreamAsync(address, stop.Token));
        while (await reader.ReadLineAsync(stop.Token) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal) && line != "data: {}")
            {
                lock (turn)
                {
                    data.Add(line);
                }
            }
        }
    }
}
