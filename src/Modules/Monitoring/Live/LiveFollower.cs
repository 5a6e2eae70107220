using Salus.Kernel;
using Salus.Monitoring.Alerts;
using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Live;

/// <summary>
/// What one follower has not been told yet: of each patient the newest state, of each alert the newest change. However slow the follower is, it never holds more than that, and not more
/// than <see cref="MostAlerts"/> alerts: beyond them it forgets all and says so.
/// </summary>
internal sealed class LiveFollower(LiveFollowers all, Tenant tenant, IReadOnlyCollection<string> patients) : IDisposable
{
    /// <summary>Alerts that wait at most.</summary>
    public const int MostAlerts = 1000;

    private readonly Lock turn = new();
    private readonly SemaphoreSlim signal = new(0, 1);
    private Dictionary<string, PatientState> states = new(StringComparer.Ordinal);
    private Dictionary<Guid, Alert> alerts = [];
    private bool lost;

    /// <summary>Waits until there is something, at most this long; what there is, alerts in the order of their changes. <see cref="LiveNews.Reset"/> when there was more than is kept.</summary>
    public async Task<LiveNews> NextAsync(TimeSpan longest, CancellationToken ct)
    {
        await signal.WaitAsync(longest, ct);
        lock (turn)
        {
            var news = new LiveNews(states.Values, [.. alerts.Values.OrderBy(a => a.Change)]) { Reset = lost };
            (states, alerts, lost) = (new(StringComparer.Ordinal), [], false);
            return news;
        }
    }

    public void Dispose()
    {
        all.Leave(this, tenant, patients);
        signal.Dispose();
    }

    internal void Add(PatientState state)
    {
        lock (turn)
        {
            states[state.Patient] = state;
            Wake();
        }
    }

    internal void Add(Alert alert)
    {
        lock (turn)
        {
            if (!alerts.TryGetValue(alert.Id, out var known))
            {
                if (alerts.Count == MostAlerts)
                {
                    alerts.Clear();
                    lost = true;
                }

                alerts[alert.Id] = alert;
            }
            else if (known.Change < alert.Change)
            {
                alerts[alert.Id] = alert;
            }

            Wake();
        }
    }

    private void Wake()
    {
        try
        {
            if (signal.CurrentCount == 0)
            {
                signal.Release();
            }
        }
        catch (ObjectDisposedException)
        {
            // It has left meanwhile.
        }
    }
}
