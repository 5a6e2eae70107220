using System.Collections.Concurrent;
using Salus.Kernel;
using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Monitors;

/// <summary>The newest state of every patient of whom something came in the last day. Safe for all threads.</summary>
internal sealed class MonitorBook
{
    private readonly ConcurrentDictionary<(Tenant, string), PatientState> states = new();

    /// <summary>Null for a patient of whom nothing came.</summary>
    public PatientState? Find(Tenant tenant, string patient) => states.GetValueOrDefault((tenant, patient));

    /// <summary>All of them, in no order.</summary>
    public IEnumerable<PatientState> All => states.Values;

    /// <summary>How many patients there are.</summary>
    public int Count => states.Count;

    internal void Put(PatientState state)
    {
        if (state.Readings.Count > 0)
        {
            states[(state.Tenant, state.Patient)] = state;
        }
        else
        {
            Remove(state.Tenant, state.Patient);
        }
    }

    internal void Remove(Tenant tenant, string patient) => states.TryRemove((tenant, patient), out _);
}
