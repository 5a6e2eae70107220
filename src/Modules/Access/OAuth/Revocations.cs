namespace Salus.Access.OAuth;

/// <summary>Counts what this process revoked, disabled or narrowed, so that tokens that it verified before are looked up again at once. Other processes notice by themselves after a while.</summary>
internal sealed class Revocations
{
    private long count;

    public long Count => Interlocked.Read(ref count);

    public void Add() => Interlocked.Increment(ref count);
}
