using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Salus.Kernel;
using Salus.Monitoring.Alerts;
using Salus.Monitoring.Scores;

namespace Salus.Bench.EarlyWarning;

/// <summary>How early and how often scores and default rules warn of sepsis, on real patients. See docs/performance/early-warning.md.</summary>
internal sealed class EarlyWarningBenchmark(CommandLine line)
{
    private const int Seed = 2019;
    private static readonly string[] Files = ["sepsis2019", "training_setB_p100001-p115000.psv.gz"];
    private static readonly (string Name, decimal Step, decimal[] Limits)[] Scores =
        [(News2.Name, 1, [3, 5, 7]), ("qsofa", 1, [1, 2]), ("sirs", 1, [2, 3]), ("shock-index", 0.01m, [0.7m, 0.9m]), (Sofa.Name, 1, [2])];

    private readonly RocCounts[] asLabelled = [.. Scores.Select(s => new RocCounts(s.Step))];
    private readonly RocCounts[] ahead = [.. Scores.Select(s => new RocCounts(s.Step))];
    private readonly AlertRule[] rules = [.. new RuleBook(null!, TimeProvider.System, NullLogger<RuleBook>.Instance).Of(Tenant.Default).Where(r => r.Trigger.Kind is TriggerKind.Metric or TriggerKind.Score or TriggerKind.Part)];
    private (int Patients, int Septic, int Unknown, long Hours, long Labelled) seen;

    public static string[] Options => ["--patients", "--resamples"];

    public async Task RunAsync()
    {
        var (most, resamples) = ((int)line.Number("--patients", int.MaxValue), (int)line.Number("--resamples", 1000));
        var file = Path.Combine([line.Data, .. Files]);
        if (!File.Exists(file))
        {
            throw new ArgumentException($"There is no {file}. Name the folder that holds {Files[0]}/ with --data or SALUS_DATA.");
        }

        var page = new ResultPage("Early warning of sepsis", $"early-warning {line.Text}".TrimEnd());
        var counts = rules.Select(r => new AlertCounts($"`{r.Name}`")).Append(new AlertCounts("all of them")).ToList();
        var clock = Stopwatch.StartNew();
        foreach (var patient in SepsisPatient.Read(file, SepsisCourse.Columns).Take(most))
        {
            Take(patient, counts);
        }

        var taken = clock.Elapsed;
        Head(page, taken, resamples);
        Areas(page, resamples);
        Limits(page);
        Alerts(page, counts);
        await page.WriteAsync(line.Page("early-warning.md"));
        Console.WriteLine(await File.ReadAllTextAsync(line.Page("early-warning.md")));
    }

    private void Take(SepsisPatient patient, List<AlertCounts> counts)
    {
        using var course = new SepsisCourse(patient, rules);
        var scored = Scores.Select(_ => new List<(SepsisHour Hour, decimal Score)>()).ToArray();
        var raised = counts.ConvertAll(_ => new List<SepsisHour>());
        foreach (var hour in patient.Hours)
        {
            var (scores, alerts) = course.Next(hour);
            for (var i = 0; i < Scores.Length; i++)
            {
                if (scores[Scores[i].Name]?.Value is { } value)
                {
                    scored[i].Add((hour, value));
                }
            }

            foreach (var alert in alerts)
            {
                raised[Array.FindIndex(rules, r => r.Name == alert)].Add(hour);
                raised[^1].Add(hour);
            }
        }

        for (var i = 0; i < Scores.Length; i++)
        {
            asLabelled[i].Add(scored[i].Select(s => (s.Score, s.Hour.Label)));
            // After the onset there is nothing to warn of; and where it is not known, nothing can be said.
            ahead[i].Add(scored[i].Where(s => patient.Onset is not { } onset || (patient.IsOnsetKnown && s.Hour.Hour < onset)).Select(s => (s.Score, s.Hour.Label)));
        }

        for (var i = 0; i < counts.Count; i++)
        {
            counts[i].Add(patient, raised[i]);
        }

        seen = (seen.Patients + 1, seen.Septic + (patient.Onset is null ? 0 : 1), seen.Unknown + (patient.IsOnsetKnown ? 0 : 1), seen.Hours + patient.Hours.Count, seen.Labelled + patient.Hours.Count(h => h.Label));
    }

    private void Head(ResultPage page, TimeSpan taken, int resamples)
    {
        page.Fact("Data", FormattableString.Invariant($"PhysioNet/Computing in Cardiology Challenge 2019, training set B: {seen.Patients:N0} patients in intensive care of one hospital system, {seen.Hours:N0} patient-hours; {seen.Septic:N0} with sepsis, {seen.Unknown:N0} of these from the first hour there is; {seen.Labelled:N0} hours are labelled."));
        page.Fact("Method", FormattableString.Invariant($"every hourly row is taken for values of devices at that hour, and goes through the patient monitors and the default rules as live data does. Intervals: {resamples:N0} samples of patients with replacement. What each figure is: docs/performance/early-warning.md."));
        page.Fact("Time", FormattableString.Invariant($"{taken.TotalSeconds:F1} s for all patients on one thread, {seen.Hours / taken.TotalSeconds:N0} patient-hours/s, reading included, intervals not."));
    }

    private void Areas(ResultPage page, int resamples)
    {
        page.Line("\n## Area under the receiver operating characteristic, by patient-hours");
        page.Columns("score", "hours that have it", "all hours, as labelled (95 %)", "hours before the onset (95 %)");
        for (var i = 0; i < Scores.Length; i++)
        {
            var (all, before) = (asLabelled[i].Interval(resamples, Seed), ahead[i].Interval(resamples, Seed));
            page.Format($"| `{Scores[i].Name}` | {100.0 * (asLabelled[i].Positive + asLabelled[i].Negative) / seen.Hours:F1} % | {asLabelled[i].Area():F3} ({all.Low:F3} to {all.High:F3}) | {ahead[i].Area():F3} ({before.Low:F3} to {before.High:F3}) |");
        }
    }

    private void Limits(ResultPage page)
    {
        page.Line("\n## At limits, hours before the onset");
        page.Columns("score at least", "hours at or above", "sensitivity", "specificity", "positive predictive value");
        for (var i = 0; i < Scores.Length; i++)
        {
            foreach (var limit in Scores[i].Limits)
            {
                var (positive, negative) = ahead[i].From(limit);
                page.Format($"| `{Scores[i].Name}` {limit} | {100.0 * (positive + negative) / (ahead[i].Positive + ahead[i].Negative):F1} % | {100.0 * positive / ahead[i].Positive:F1} % | {100.0 - (100.0 * negative / ahead[i].Negative):F1} % | {100.0 * positive / (positive + negative):F1} % |");
            }
        }
    }

    private void Alerts(ResultPage page, List<AlertCounts> counts)
    {
        page.Line("\n## Alerts of the default rules");
        page.Columns("rule", "alerts", "for a patient and day", "in an hour that is labelled", $"septic patients with one within {AlertCounts.Window} h before the onset", "median hours before the onset", "others without any");
        foreach (var count in counts)
        {
            page.Line(count.Row(seen.Hours / 24.0));
        }
    }
}
