using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Salus.Monitoring.Flow;

/// <summary>
/// Hands what is durable to the observers. A partition belongs to one of a few lanes, each of which does one thing at a time; a lane for each of the 64 would wake
/// 64 threads for every commit. A lane that is full holds up the writer, and so in the end who sends.
/// </summary>
internal sealed class Handover : IAsyncDisposable, IDisposable
{
    // Of commits: together with the most that one holds, the bound of what is in memory here.
    private const int Depth = 16;

    private readonly ISampleObserver[] observers;
    private readonly ILogger<Handover> log;
    private readonly Channel<CommittedSamples>[] lanes;
    private readonly Task[] running;
    private readonly long[] told;
    private long put;

    public Handover(IEnumerable<ISampleObserver> observers, ILogger<Handover> log)
    {
        this.observers = [.. observers];
        this.log = log;
        lanes = [.. Enumerable.Range(0, this.observers.Length == 0 ? 0 : Math.Clamp(Environment.ProcessorCount, 1, Partitions.Count)).Select(_ =>
            Channel.CreateBounded<CommittedSamples>(new BoundedChannelOptions(Depth) { SingleReader = true, SingleWriter = true }))];
        told = new long[lanes.Length];
        running = [.. Enumerable.Range(0, lanes.Length).Select(lane => Task.Run(() => RunAsync(lane)))];
    }

    /// <summary>How many commits the slowest lane has not been told of.</summary>
    public long Lag
    {
        get
        {
            // Those told first: what is put meanwhile makes it more and never less than nothing.
            var least = told.Length == 0 ? long.MaxValue : Enumerable.Range(0, told.Length).Min(lane => Interlocked.Read(ref told[lane]));
            return least == long.MaxValue ? 0 : Interlocked.Read(ref put) - least;
        }
    }

    /// <summary>Returns when it is in all lanes. They call <see cref="CommittedSamples.Done"/>.</summary>
    public async ValueTask PutAsync(CommittedSamples samples)
    {
        Interlocked.Increment(ref put);
        samples.Share(lanes.Length);
        samples.Done();
        foreach (var lane in lanes)
        {
            await lane.Writer.WriteAsync(samples);
        }
    }

    /// <summary>Returns when the observers have had all.</summary>
    public async ValueTask DisposeAsync()
    {
        Dispose();
        await Task.WhenAll(running);
    }

    /// <summary>The same without waiting for it.</summary>
    public void Dispose()
    {
        foreach (var lane in lanes)
        {
            lane.Writer.TryComplete();
        }
    }

    private async Task RunAsync(int lane)
    {
        await foreach (var samples in lanes[lane].Reader.ReadAllAsync())
        {
            for (var partition = lane; partition < Partitions.Count; partition += lanes.Length)
            {
                Tell(partition, samples);
            }

            samples.Done();
            Interlocked.Increment(ref told[lane]);
        }
    }

    private void Tell(int partition, CommittedSamples samples)
    {
        if (samples.Of(partition).IsEmpty)
        {
            return;
        }

        foreach (var observer in observers)
        {
            try
            {
                observer.Committed(partition, samples.Seq, samples.Of(partition));
            }
            catch (Exception e)
            {
                MonitoringLog.ObserverFailed(log, e, observer.GetType().Name, partition);
            }
        }
    }
}
