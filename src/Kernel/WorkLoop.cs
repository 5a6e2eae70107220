namespace Salus.Kernel;

/// <summary>
/// Work in the background that goes on until the process stops: a round of steps and rest, again and again. A failure never ends it; it is reported, and
/// the pause after it doubles from failure to failure. A round rests by itself; it ends with the token, by an <see cref="OperationCanceledException"/> or without.
/// </summary>
/// <param name="time">The clock of the pauses.</param>
/// <param name="failed">Told of a failure, and of the pause that follows.</param>
/// <param name="first">The pause after the first failure. Default: 2 s.</param>
/// <param name="longest">The longest pause. Default: a minute.</param>
public sealed class WorkLoop(TimeProvider time, Action<Exception, TimeSpan> failed, TimeSpan? first = null, TimeSpan? longest = null)
{
    private readonly TimeSpan first = first ?? TimeSpan.FromSeconds(2);
    private readonly TimeSpan longest = longest ?? TimeSpan.FromMinutes(1);

    /// <summary>Rounds one after the other; completes without a failure when the token says so.</summary>
    public Task RunAsync(Func<CancellationToken, Task> round, CancellationToken stop) => RunAsync(round, once: false, stop);

    /// <summary>Work that is done once, and again only until it has not failed.</summary>
    public Task UntilDoneAsync(Func<CancellationToken, Task> work, CancellationToken stop) => RunAsync(work, once: true, stop);

    private async Task RunAsync(Func<CancellationToken, Task> round, bool once, CancellationToken stop)
    {
        var pause = first;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await round(stop);
                if (once)
                {
                    return;
                }

                pause = first;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                failed(e, pause);
                await Task.Delay(pause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = pause * 2 < longest ? pause * 2 : longest;
            }
        }
    }
}
