namespace Salus.Kernel.Tests;

public sealed class WorkLoopTests
{
    private static readonly TimeSpan Unit = TimeSpan.FromMilliseconds(1);

    [Fact]
    public async Task A_failure_never_ends_it_and_the_pause_doubles_up_to_the_longest()
    {
        var pauses = new List<TimeSpan>();
        using var stop = new CancellationTokenSource();
        var rounds = 0;
        await new WorkLoop(TimeProvider.System, (_, pause) => pauses.Add(pause), Unit, Unit * 3).RunAsync(
            async _ =>
            {
                if (++rounds is not 3 and < 7)
                {
                    throw new InvalidOperationException();
                }

                if (rounds == 7)
                {
                    await stop.CancelAsync();
                }
            },
            stop.Token);
        // The third round did not fail: the next pause is the first again.
        Assert.Equal([Unit, Unit * 2, Unit, Unit * 2, Unit * 3], pauses);
    }

    [Fact]
    public async Task What_is_done_once_is_tried_until_it_has_not_failed()
    {
        var (tries, failures) = (0, 0);
        await new WorkLoop(TimeProvider.System, (_, _) => failures++, Unit, Unit).UntilDoneAsync(_ => ++tries < 3 ? throw new InvalidOperationException() : Task.CompletedTask, CancellationToken.None);
        Assert.Equal((3, 2), (tries, failures));
    }

    [Fact]
    public async Task It_ends_without_a_failure_when_it_is_stopped_in_a_round()
    {
        using var stop = new CancellationTokenSource();
        await new WorkLoop(TimeProvider.System, (e, _) => Assert.Fail(e.Message)).RunAsync(
            async ct =>
            {
                await stop.CancelAsync();
                await Task.Delay(Timeout.InfiniteTimeSpan, ct);
            },
            stop.Token);
    }
}
