using System.Collections.Concurrent;
using Salus.Kernel;
using Salus.Monitoring.Alerts;
using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Live;

/// <summary>Tells of states and alerts as they change to those who follow their patients. Nobody who is slow keeps another waiting: of states each gets the newest. Safe for all threads.</summary>
internal sealed class LiveFollowers : IPatientObserver, IAlertObserver
{
    private readonly ConcurrentDictionary<(Tenant, string Patient), ConcurrentDictionary<LiveFollower, bool>> followers = new();

    /// <summary>How many follow somebody.</summary>
    public int Count => followers.Values.SelectMany(f => f.Keys).Distinct().Count();

    /// <summary>Begins to follow patients; dispose it to end.</summary>
    public LiveFollower Follow(Tenant tenant, IReadOnlyCollection<string> patients)
    {
        var follower = new LiveFollower(this, tenant, patients);
        foreach (var patient in patients)
        {
            followers.GetOrAdd((tenant, patient), _ => new())[follower] = true;
        }

        return follower;
    }

    /// <inheritdoc/>
    public void Changed(PatientState state)
    {
        if (followers.TryGetValue((state.Tenant, state.Patient), out var all))
        {
            foreach (var (follower, _) in all)
            {
                follower.Add(state);
            }
        }
    }

    /// <inheritdoc/>
    public void Changed(Alert alert)
    {
        if (followers.TryGetValue((alert.Tenant, alert.Patient), out var all))
        {
            foreach (var (follower, _) in all)
            {
                follower.Add(alert);
            }
        }
    }

    internal void Leave(LiveFollower follower, Tenant tenant, IReadOnlyCollection<string> patients)
    {
        foreach (var patient in patients)
        {
            if (followers.TryGetValue((tenant, patient), out var all))
            {
                all.TryRemove(follower, out _);
            }
        }
    }
}
