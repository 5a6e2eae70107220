namespace Salus.Records.Check;

/// <summary>Work beside the reading, on as many cores as there are. What it finds is taken in the order in which it was given.</summary>
internal sealed class Lanes(Findings findings)
{
    private static readonly int Most = Math.Max(2, Environment.ProcessorCount);

    private readonly Queue<Task<Findings>> running = new();

    /// <summary>Begins the work; waits while there is as much under way as there are lanes.</summary>
    public async Task AddAsync(Action<Findings> work, CancellationToken ct)
    {
        var own = findings.Apart();
        running.Enqueue(Task.Run(
            () =>
            {
                work(own);
                return own;
            },
            ct));
        while (running.Count >= Most)
        {
            findings.Add(await running.Dequeue());
        }
    }

    /// <summary>Waits for the rest.</summary>
    public async Task FinishAsync()
    {
        while (running.TryDequeue(out var next))
        {
            findings.Add(await next);
        }
    }
}
