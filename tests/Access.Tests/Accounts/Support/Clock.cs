namespace Salus.Access.Tests.Accounts.Support;

/// <summary>A clock that a test moves; it begins with the real time.</summary>
internal sealed class Clock : TimeProvider
{
    private TimeSpan ahead;

    public void Move(TimeSpan by) => ahead += by;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + ahead;
}
