using System.Runtime.CompilerServices;
using Salus.Kernel;
using Salus.Monitoring.Alerts;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Monitors;

namespace Salus.Monitoring.Live;

/// <summary>
/// Follows wards and patients for those who may see them: what Server-Sent Events and the SignalR hub both send. Rights are looked up again every
/// <see cref="MonitoringOptions.LiveCheckSeconds"/>. Alerts are resumed from the table of alerts, by the number of the last change that the client has.
/// </summary>
internal sealed class LiveFeed(LiveSight sight, MonitorBook book, AlertTable alerts, LiveFollowers followers, LiveDelivery delivery, IAuditTrail trail, MonitoringOptions options, TimeProvider time)
{
    private const int MostAlerts = 1000;

    // Numbers are given before their change is committed: one that comes a little later may have a smaller one. What comes twice is the same.
    private const int Overlap = 100;

    // A client that has heard nothing for twice as long knows that it is not live, whatever its connection says.
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(4);

    /// <summary>Whom the viewer will be told of. It is in the audit trail when this returns, and so is a refusal.</summary>
    public async Task<Outcome<HashSet<string>>> OpenAsync(LiveViewer viewer, LiveSubject subject, CancellationToken ct)
    {
        var seen = await sight.PatientsAsync(viewer.Caller, subject, ct);
        var entry = Entry(viewer.Caller, viewer, subject);
        if (seen.Failed(out var failure))
        {
            var denied = failure.Kind == FailureKind.Forbidden;
            await trail.WriteAsync(
                [entry with { Kind = denied ? AuditKind.Denied : entry.Kind, Outcome = AuditOutcome.MinorFailure, Detail = denied ? "GET, answered 403" : $"answered {Refused.Status(failure.Kind)}" }], ct);
            return failure;
        }

        await trail.WriteAsync([entry with { Patients = seen.Value }], ct);
        return seen;
    }

    /// <summary>
    /// At first the newest states, the open alerts and those that changed since; then what changes, as it does. Nothing for a while is told too, so that a client can be. Ends after
    /// <see cref="LiveNews.Gone"/>.
    /// </summary>
    /// <param name="patients">What <see cref="OpenAsync"/> gave.</param>
    /// <param name="after">The last change of an alert that the client has; 0 for none.</param>
    public async IAsyncEnumerable<LiveNews> ReadAsync(LiveViewer viewer, LiveSubject subject, HashSet<string> patients, long after, [EnumeratorCancellation] CancellationToken ct)
    {
        for (var reset = false; ; reset = true)
        {
            // Followed first and read then: what changes between the two comes twice, and is not lost.
            using var follower = followers.Follow(viewer.Caller.Tenant, patients);
            var news = await NowAsync(viewer.Caller.Tenant, patients, after, ct);
            news = news with { Reset = news.Reset || reset };
            var checkedAt = time.GetTimestamp();
            while (true)
            {
                yield return news;
                delivery.Sent(viewer.Caller.Tenant, news.Alerts);
                after = news.Alerts.Count == 0 ? after : Math.Max(after, news.Alerts[^1].Change);
                if (time.GetElapsedTime(checkedAt) >= Check)
                {
                    checkedAt = time.GetTimestamp();
                    var today = await TodayAsync(viewer, subject, patients, ct);
                    if (today.Failed(out var failure))
                    {
                        yield return LiveNews.End(failure.ToString());
                        yield break;
                    }

                    if (!today.Value.SetEquals(patients))
                    {
                        patients = today.Value;
                        break;
                    }
                }

                news = await follower.NextAsync(Beat < Check ? Beat : Check, ct);
                if (news.Reset)
                {
                    break;
                }
            }
        }
    }

    private TimeSpan Check => TimeSpan.FromSeconds(options.LiveCheckSeconds);

    private async Task<LiveNews> NowAsync(Tenant tenant, HashSet<string> patients, long after, CancellationToken ct)
    {
        var states = patients.Select(p => book.Find(tenant, p)).OfType<PatientState>().ToList();
        var known = await alerts.ChangedAsync(tenant, [.. patients], after == 0 ? 0 : Math.Max(1, after - Overlap), MostAlerts, ct);
        return new LiveNews(states, known) { Reset = known.Count == MostAlerts };
    }

    // With today's rights, which may be fewer than at the beginning, and in today's beds.
    private async Task<Outcome<HashSet<string>>> TodayAsync(LiveViewer viewer, LiveSubject subject, HashSet<string> before, CancellationToken ct)
    {
        if (await viewer.Again.FindAsync(ct) is not { } today)
        {
            return new Failure(FailureKind.Forbidden, "login", "The sign-in has ended, or this is not allowed any more.");
        }

        var seen = await sight.PatientsAsync(today, subject, ct);
        if (!seen.Failed(out _) && seen.Value.Except(before).ToList() is { Count: > 0 } added)
        {
            await trail.WriteAsync([Entry(today, viewer, subject) with { Patients = added }], ct);
        }

        return seen;
    }

    private static AuditEntry Entry(Caller caller, LiveViewer viewer, LiveSubject subject) =>
        new(caller, AuditKind.Search) { Type = "Observation", Query = $"{viewer.Path}?{subject.Kind}={Uri.EscapeDataString(subject.Id)}" };
}
