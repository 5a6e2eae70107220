using Salus.Kernel;
using Salus.Monitoring.Ingest;
using Salus.Monitoring.Monitors;
using Salus.Records;

namespace Salus.Monitoring.Models;

/// <summary>Takes what models say (<see cref="ModelScores"/>), and lets states and rules know.</summary>
internal sealed class ModelIntake(ModelScoreTable table, ModelBook book, PatientMonitors monitors, PatientSight sight, IAuditTrail trail, IngestOptions options, TimeProvider time)
{
    /// <inheritdoc cref="ModelScores.PutAsync"/>
    public async Task<Outcome<ModelScoresTaken>> PutAsync(Caller caller, IReadOnlyList<ModelScore> scores, CancellationToken ct)
    {
        if (!caller.Permit.Has(Permissions.Scores))
        {
            return new Failure(FailureKind.Forbidden, "forbidden", $"This needs the permission {Permissions.Scores}.");
        }

        if (ModelScoreCheck.Of(scores, time.GetUtcNow(), TimeSpan.FromSeconds(options.ClockToleranceSeconds)) is { } wrong)
        {
            return wrong;
        }

        try
        {
            var seen = await sight.SeenAsync(caller, "Observation", [.. scores.Select(s => s.Patient).Distinct(StringComparer.Ordinal)], ct);
            return seen.Failed(out var hidden) ? hidden : await PutAsync(caller, scores, seen.Value);
        }
        catch (Exception e) when (DatabaseFault.Is(e))
        {
            return new Failure(FailureKind.Unavailable, "transient", "The database is away. Send them again in a moment: what was stored after all is then a duplicate, and dropped.");
        }
    }

    // Not cancelled when the sender goes away: what was read whole is stored whole.
    private async Task<ModelScoresTaken> PutAsync(Caller caller, IReadOnlyList<ModelScore> scores, IReadOnlySet<string> seen)
    {
        var good = scores.Where(s => seen.Contains(s.Patient)).Select(s => (s.Patient, Reading: ModelScoreTable.Reading(s))).ToList();
        var hidden = scores.Select(s => s.Patient).Where(p => !seen.Contains(p)).Distinct(StringComparer.Ordinal).ToList();
        if (good.Count == 0)
        {
            return new ModelScoresTaken(0, 0, hidden);
        }

        var entries = good.GroupBy(s => (s.Reading.Model, s.Reading.Version)).Select(g => new AuditEntry(caller, AuditKind.Create)
        {
            Type = "model-score",
            Patients = [.. g.Select(s => s.Patient).Distinct(StringComparer.Ordinal)],
            Detail = $"{g.Key.Model} {g.Key.Version}",
        }).ToList();
        var stored = await table.PutAsync(caller, good, batch => trail.AddTo(batch, entries), CancellationToken.None);
        foreach (var (patient, reading) in good)
        {
            Tell(caller.Tenant, patient, reading);
        }

        return new ModelScoresTaken(stored, good.Count - stored, hidden);
    }

    /// <summary>A score that is durable: the state of the patient is made anew when it is a newer one.</summary>
    public void Tell(Tenant tenant, string patient, ModelReading reading)
    {
        if (book.Put(tenant, patient, reading))
        {
            monitors.Refresh(tenant, patient);
        }
    }
}
