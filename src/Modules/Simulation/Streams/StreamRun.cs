namespace Salus.Simulation.Streams;

/// <summary>
/// Lets monitors measure as time goes on, and sends what they gather. Nothing is lost: a body that is not taken is sent until it is, and what falls due meanwhile is measured and sent afterwards, with
/// the times at which it was due. One request at a time; memory is bounded.
/// </summary>
/// <param name="start">The time of the first samples, milliseconds since 1970 UTC.</param>
/// <param name="interval">Milliseconds from one sample to the next.</param>
/// <param name="speed">How much faster the patients' clocks run.</param>
internal sealed class StreamRun(IReadOnlyList<BedsideMonitor> monitors, long start, double interval, double speed, IBedsideLink link, TimeProvider time, StreamCounts counts, bool asJson = false)
{
    private const int MostValues = 50_000;

    private readonly TelemetryBody body = new(asJson);
    private readonly Pace pace = new(interval * speed / 1000);
    private long tick;

    /// <summary>When the patients' clocks show what the clock does: at the start, unless it is said.</summary>
    public long? Anchor { get; init; }

    /// <summary>The time of the next samples.</summary>
    public long Due => start + (long)(tick * interval);

    /// <summary>Measures and sends until a time, which is not included. Ends early with the token; then the last body may be unanswered.</summary>
    /// <returns>Why everything was refused for good; null otherwise.</returns>
    public async Task<string?> UntilAsync(long end, CancellationToken stop)
    {
        while (Due < end && !stop.IsCancellationRequested)
        {
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            if (Due > now)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Due - now), time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }

            if (await SendAsync(Measure(Math.Min(now + 1, end)), now, stop) is { } refused)
            {
                return refused;
            }
        }

        return null;
    }

    // As much as is due before a time, and no more than one body holds.
    private int Measure(long before)
    {
        var (values, weight) = (0, 0);
        for (var due = Due; due < before && weight < MostValues; due = Due)
        {
            (values, weight) = (0, 0);
            var anchor = Anchor ?? start;
            var patients = anchor + (long)((due - anchor) * speed);
            foreach (var monitor in monitors)
            {
                monitor.Tick(due, patients, pace);
                values += monitor.Count;
                weight += monitor.Weight;
            }

            tick++;
        }

        return values;
    }

    private async Task<string?> SendAsync(int values, long now, CancellationToken stop)
    {
        if (values == 0)
        {
            return null;
        }

        var bytes = body.Write(monitors, now);
        counts.Add(values, Due - (long)interval);
        foreach (var monitor in monitors)
        {
            monitor.Clear();
        }

        while (true)
        {
            // Once it is on the way its answer is waited for: what was stored shall be known.
            var delivery = await link.SendAsync(bytes, asJson ? "application/json" : "application/vnd.salus.telemetry", CancellationToken.None);
            counts.Add(delivery);
            if (delivery.Again is not { } wait)
            {
                return delivery.IsRefused ? delivery.Problem : null;
            }

            await Task.Delay(wait, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested)
            {
                return null;
            }
        }
    }
}
