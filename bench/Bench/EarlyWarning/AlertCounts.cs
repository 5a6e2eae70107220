namespace Salus.Bench.EarlyWarning;

/// <summary>How the alerts of a rule, or of all, stand to sepsis.</summary>
internal sealed class AlertCounts(string name)
{
    /// <summary>Hours before the onset within which an alert counts as a warning.</summary>
    public const int Window = 24;

    private readonly List<double> leads = [];
    private long alerts;
    private long right;
    private int septic;
    private int others;
    private int alarmed;

    public string Name => name;

    /// <summary>Adds a patient.</summary>
    /// <param name="raised">The hours in which there was an alert, one for each alert.</param>
    public void Add(SepsisPatient patient, IReadOnlyList<SepsisHour> raised)
    {
        alerts += raised.Count;
        right += raised.Count(h => h.Label);
        if (patient.Onset is not { } onset)
        {
            others++;
            alarmed += raised.Count > 0 ? 1 : 0;
        }
        else if (patient.IsOnsetKnown)
        {
            septic++;
            if (raised.FirstOrDefault(h => h.Hour >= onset - Window && h.Hour < onset) is { } first)
            {
                leads.Add(onset - first.Hour);
            }
        }
    }

    /// <summary>A row of the page: name, alerts, for a patient and day, right ones, sensitivity, hours ahead, others without an alert.</summary>
    public string Row(double days) => FormattableString.Invariant(
        $"| {name} | {alerts:N0} | {alerts / days:F2} | {Share(right, alerts)} | {Share(leads.Count, septic)} | {leads.Median():F0} | {Share(others - alarmed, others)} |");

    private static string Share(long part, long of) => of == 0 ? "–" : FormattableString.Invariant($"{100.0 * part / of:F1} %");
}
