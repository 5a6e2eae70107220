using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Salus.Kernel;

namespace Salus.Records.Subscriptions.Streams;

/// <summary>The connections that stay open: how many there may be, and that they end when the server stops.</summary>
internal sealed class StreamPlaces(IHostApplicationLifetime lifetime, IOptions<SubscriptionOptions> options)
{
    private int taken;

    /// <summary>How many are open.</summary>
    public int Taken => Volatile.Read(ref taken);

    /// <summary>Set when the server begins to stop.</summary>
    public CancellationToken Stopping => lifetime.ApplicationStopping;

    public TimeSpan Patience => TimeSpan.FromSeconds(options.Value.SlowClientSeconds);

    public int PatienceSeconds => options.Value.SlowClientSeconds;

    /// <summary>Null when there is a place, which is given back by <see cref="Leave"/>; otherwise why not.</summary>
    public Failure? Enter()
    {
        if (Interlocked.Increment(ref taken) <= options.Value.MaxStreams)
        {
            return null;
        }

        Leave();
        return new Failure(FailureKind.Unavailable, "throttled", $"There are {options.Value.MaxStreams} open streams already (Salus:Records:Subscriptions:MaxStreams). Come again later.");
    }

    public void Leave() => Interlocked.Decrement(ref taken);
}
