using Salus.Kernel;
using Salus.Records;

namespace Salus.Monitoring.Live;

/// <summary>Whom one sees of a ward. The record says who lies where to those who may see stays; what devices measure needs the right to see Observations.</summary>
internal sealed class LiveSight(WardView wards, PatientSight sight)
{
    /// <summary>A ward with those of its patients whose Observations the caller may see; the beds of others are empty.</summary>
    public async Task<Outcome<Ward>> WardAsync(Caller caller, string name, CancellationToken ct)
    {
        var found = await wards.FindAsync(caller, name, ct);
        if (found.Failed(out var failure))
        {
            return failure;
        }

        var seen = await sight.SeenAsync(caller, "Observation", [.. found.Value.Patients], ct);
        return seen.Failed(out failure) ? failure : found.Value with { Beds = [.. found.Value.Beds.Select(b => b.Patient is { } p && !seen.Value.Contains(p.Id) ? b with { Patient = null } : b)] };
    }

    /// <summary>The patients of what is followed, as far as the caller may see them; NotFound where that is nobody who could be named.</summary>
    public async Task<Outcome<HashSet<string>>> PatientsAsync(Caller caller, LiveSubject subject, CancellationToken ct)
    {
        if (subject.Kind == LiveSubject.Patient)
        {
            return await sight.HiddenAsync(caller, "Observation", subject.Id, ct) is { } hidden ? hidden : new HashSet<string>(StringComparer.Ordinal) { subject.Id };
        }

        var ward = await WardAsync(caller, subject.Id, ct);
        return ward.Failed(out var failure) ? failure : ward.Value.Patients.ToHashSet(StringComparer.Ordinal);
    }
}
