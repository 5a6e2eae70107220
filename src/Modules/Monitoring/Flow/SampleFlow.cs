using System.Threading.Channels;
using Salus.Kernel;
using Salus.Monitoring.Storage;

namespace Salus.Monitoring.Flow;

/// <summary>How many samples were stored; the rest were there already.</summary>
internal readonly record struct Taken(int Stored, int Duplicates);

/// <summary>
/// Is given samples of a partition once they are durable, in the order of the commits; never two calls for a partition at once. What it throws is logged, and what it takes long
/// for holds up everything behind it.
/// </summary>
internal interface ISampleObserver
{
    /// <param name="seq">The row of the journal that they are in: higher than that of the call before for the partition.</param>
    void Committed(int partition, long seq, ReadOnlySpan<Sample> samples);
}

/// <summary>Takes checked samples: they wait in a short queue for the writer, which makes them durable in groups and then hands them to the monitors. Safe for all threads.</summary>
internal sealed class SampleFlow(HeadTable heads, MonitoringOptions options)
{
    private readonly Channel<TakeRequest> queue = Channel.CreateUnbounded<TakeRequest>(new UnboundedChannelOptions { SingleReader = true });
    private long waiting;

    /// <summary>The queue, for the writer.</summary>
    internal ChannelReader<TakeRequest> Queue => queue.Reader;

    /// <summary>How many samples wait or are being written.</summary>
    public long Waiting => Interlocked.Read(ref waiting);

    /// <summary>
    /// Returns when they are durable. Of a sample that is there already (same series and time), whether stored before or twice in here, the first one stays. Fails with
    /// Unavailable when the database is away, and Busy when too much waits: then they may be sent again, and what was stored after all is a duplicate.
    /// </summary>
    /// <param name="samples">Must not change until it returns. Times from 1970 to 9999.</param>
    /// <param name="ct">Looked at before they are queued, not after.</param>
    /// <param name="partition">Of all of them, where they are only taken while this process has it; null for no such condition.</param>
    /// <exception cref="KeyNotFoundException">A series is not in the book.</exception>
    public async ValueTask<Outcome<Taken>> TakeAsync(ReadOnlyMemory<Sample> samples, CancellationToken ct, int? partition = null)
    {
        ct.ThrowIfCancellationRequested();
        if (samples.IsEmpty)
        {
            return new Taken(0, 0);
        }

        Check(samples.Span);
        if (Interlocked.Add(ref waiting, samples.Length) > options.WaitingSamples && Waiting > samples.Length)
        {
            Interlocked.Add(ref waiting, -samples.Length);
            return FlowFailures.TooMuch(options.WaitingSamples);
        }

        var request = new TakeRequest(samples, partition);
        if (!queue.Writer.TryWrite(request))
        {
            Interlocked.Add(ref waiting, -samples.Length);
            return FlowFailures.Stopping();
        }

        // Once queued it may be committed: wait for the truth, even when the client has gone.
        return await request.Done;
    }

    /// <summary>Answers a request.</summary>
    internal void Complete(TakeRequest request, Outcome<Taken> outcome)
    {
        Interlocked.Add(ref waiting, -request.Samples.Length);
        request.Complete(outcome);
    }

    /// <summary>Takes no more.</summary>
    internal void Close() => queue.Writer.TryComplete();

    // On the caller's thread: what cannot be stored must not come to the group of others.
    private void Check(ReadOnlySpan<Sample> samples)
    {
        foreach (var sample in samples)
        {
            heads.Of(sample.Series);
            ArgumentOutOfRangeException.ThrowIfNegative(sample.Time, nameof(samples));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(sample.Time, UnixTime.End, nameof(samples));
        }
    }
}

/// <summary>Samples that wait to be stored.</summary>
internal sealed class TakeRequest(ReadOnlyMemory<Sample> samples, int? partition)
{
    private readonly TaskCompletionSource<Outcome<Taken>> done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ReadOnlyMemory<Sample> Samples => samples;

    /// <summary>The partition that has to be this process's; null for whichever.</summary>
    public int? Partition => partition;

    public Task<Outcome<Taken>> Done => done.Task;

    /// <summary>When it came: <see cref="Environment.TickCount64"/>.</summary>
    public long Since { get; } = Environment.TickCount64;

    /// <summary>How many of them are new.</summary>
    public int Stored { get; set; }

    public void Complete(Outcome<Taken> outcome) => done.TrySetResult(outcome);
}
