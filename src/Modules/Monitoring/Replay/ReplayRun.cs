using Salus.Kernel;
using Salus.Monitoring.Alerts;
using Salus.Monitoring.Devices;
using Salus.Monitoring.Flow;
using Salus.Monitoring.History;
using Salus.Monitoring.Models;
using Salus.Monitoring.Monitors.Facts;
using Salus.Monitoring.Scores;
using Salus.Monitoring.Storage;

namespace Salus.Monitoring.Replay;

/// <summary>What is to be replayed.</summary>
/// <param name="Rule">Name of the rule in question.</param>
/// <param name="Before">The rules as they are, and <paramref name="After"/> as they would be, each in the order in which they are judged.</param>
/// <param name="From">Milliseconds since 1970 UTC.</param>
/// <param name="Patients">Only these; null for all of the tenant.</param>
internal sealed record ReplayQuestion(Tenant Tenant, string Rule, IReadOnlyList<AlertRule> Before, IReadOnlyList<AlertRule> After, long From, long To, IReadOnlySet<string>? Patients);

/// <summary>Both sides of a replay, with all that they came to.</summary>
internal sealed record Replayed(int Patients, decimal BedDays, long Samples, IReadOnlyList<StoredAlert> Stored, IReadOnlyList<ReplayedAlert> Before, IReadOnlyList<ReplayedAlert> After);

/// <summary>Takes stored samples through monitors and rules of its own, one patient after the other on one thread. It reads and writes nothing. Safe for all threads.</summary>
internal sealed class ReplayRun(SampleHistory history, SeriesBook series, FactTable facts, RuleBook book, StoredAlerts alerts, DeviceIndex devices, Scorer scorer, ModelScoreTable models)
{
    /// <summary>Monitors know a day: it is replayed before the time in question, and what it comes to is not counted.</summary>
    public static readonly TimeSpan WarmUp = TimeSpan.FromDays(1);

    // A quarter of a day of 20 series with a value a second stays below what one question to the history gives.
    private const long Portion = 6 * 3_600_000L;

    /// <summary>Replays all of it. TooCostly where a quarter of a day of a patient has more samples than one question gives.</summary>
    /// <param name="progress">Is told now and then which part is done, from 0 to 1.</param>
    /// <exception cref="Npgsql.NpgsqlException">The database is away.</exception>
    public async Task<Outcome<Replayed>> RunAsync(ReplayQuestion question, Func<double, ValueTask> progress, CancellationToken ct)
    {
        var begin = Math.Max(0, question.From - (long)WarmUp.TotalMilliseconds);
        var byPatient = series.All.Where(s => s.Tenant == question.Tenant && question.Patients?.Contains(s.Patient) != false).GroupBy(s => s.Patient, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).ToList();
        var known = await facts.ReadAsync(question.Tenant, [.. byPatient.Select(g => g.Key)], ct);
        var adjusted = await book.AdjustmentsAsync(question.Tenant, ct);
        var stored = (await alerts.ReadAsync(question.Tenant, begin, question.To, ct)).Where(a => question.Patients?.Contains(a.Patient) != false).ToList();
        var byHand = stored.Where(a => a.ByHand).OrderBy(a => a.Until).ToLookup(a => a.Patient, a => (a.Rule, a.Until), StringComparer.Ordinal);
        var (before, after) = (new List<ReplayedAlert>(), new List<ReplayedAlert>());
        var (patients, monitored, samples) = (0, 0L, 0L);
        for (var i = 0; i < byPatient.Count; i++)
        {
            var (patient, own) = (byPatient[i].Key, byPatient[i].OrderBy(s => s.Number).ToList());
            var past = new PatientPast([.. known[patient]], devices.Of(question.Tenant, patient), [.. adjusted[patient]], [.. byHand[patient]])
            {
                Models = await models.PastAsync(question.Tenant, patient, begin, question.To, ct),
            };
            using var one = new PatientReplay(question.Tenant, patient, n => series[n], scorer, past, begin, question.Before, question.After);
            if (await TakeAsync(one, question, own, begin, part => progress((i + part) / byPatient.Count), ct) is { } failure)
            {
                return failure;
            }

            before.AddRange(one.Alerts(0));
            after.AddRange(one.Alerts(1));
            var counted = one.Hours.Sum(h => Math.Max(0, Math.Min((h + 1) * UnixTime.Hour, question.To) - Math.Max(h * UnixTime.Hour, question.From)));
            (patients, monitored, samples) = (patients + (counted > 0 ? 1 : 0), monitored + counted, samples + one.Samples);
        }

        return new Replayed(patients, Math.Round((decimal)monitored / UnixTime.Day, 2), samples, stored, before, after);
    }

    private async Task<Failure?> TakeAsync(PatientReplay one, ReplayQuestion question, IReadOnlyList<Series> own, long begin, Func<double, ValueTask> progress, CancellationToken ct)
    {
        for (var start = begin; start < question.To; start += Portion)
        {
            ct.ThrowIfCancellationRequested();
            var end = Math.Min(start + Portion, question.To);
            var points = await history.PointsAsync(question.Tenant, own, start, end, ct);
            if (points.Failed(out var failure))
            {
                return failure;
            }

            one.Take(points.Value);
            one.Advance(end);
            await progress((double)(end - begin) / (question.To - begin));
        }

        return null;
    }
}
