namespace Salus.Kernel;

/// <summary>Says what somebody may do now who asked for something earlier: the maker of a job, the owner of a subscription.</summary>
public interface ICallers
{
    /// <summary>The caller with today's permit; null when the account or app is gone, locked, or lost the right to act.</summary>
    /// <param name="tenant">Whose record it is.</param>
    /// <param name="actor">The <see cref="Caller.Actor"/> that was kept.</param>
    /// <param name="delegation">The <see cref="Caller.Delegation"/> that was kept.</param>
    ValueTask<Caller?> FindAsync(Tenant tenant, string actor, string? delegation, CancellationToken ct);
}

/// <summary>Where sign-in is off, everybody is who they were: local.</summary>
public sealed class OpenCallers : ICallers
{
    /// <inheritdoc/>
    public ValueTask<Caller?> FindAsync(Tenant tenant, string actor, string? delegation, CancellationToken ct) => new(Caller.Local with { Tenant = tenant, Actor = actor, Delegation = delegation });
}
