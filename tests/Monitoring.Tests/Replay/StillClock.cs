namespace Salus.Monitoring.Tests.Replay;

/// <summary>A clock that goes when it is told to, and timers that never ring: nothing happens by itself.</summary>
internal sealed class StillClock(long start) : TimeProvider
{
    public long Now { get; set; } = start;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(Now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Never();

    private sealed class Never : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
