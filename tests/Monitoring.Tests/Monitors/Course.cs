using System.Text;
using System.Text.Json;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Metrics;
using Salus.Monitoring.Monitors;

namespace Salus.Monitoring.Tests.Monitors;

/// <summary>A made-up day of three patients with two devices each, with gaps, artefacts, and values that are older than a day or ahead of the clock.</summary>
internal static class Course
{
    public static readonly string[] Patients = ["p1", "p2", "p3"];

    private static readonly string[] Measured = ["heart-rate", "pulse-rate", "respiratory-rate", "oxygen-saturation", "systolic", "diastolic", "temperature", "inspired-oxygen", "consciousness", "coma-score"];

    /// <summary>The same samples for the same seed, and their series in the same order.</summary>
    public static Sample[] Of(Ward ward, int seed)
    {
#pragma warning disable CA5394 // Repeatable.
        var random = new Random(seed);
        var samples = new Dictionary<(int, long), Sample>();
        foreach (var patient in Patients)
        {
            foreach (var device in new[] { "d1", "d2" })
            {
                foreach (var metric in Measured)
                {
                    var of = MetricSet.Default[metric];
                    var (low, high) = ((double)of.Possible.Low, (double)of.Possible.High);
                    for (var i = 0; i < 120; i++)
                    {
                        var ago = (long)(Math.Pow(random.NextDouble(), 4) * 25 * Ward.Hour) - (random.Next(20) == 0 ? 3000 : 0);
                        var value = (decimal)Math.Round(low + (random.NextDouble() * (high - low)), 1);
                        var sample = ward.Sample(metric, value, ago, device, patient);
                        samples.TryAdd((sample.Series, sample.Time), sample);
                    }
                }
            }
        }
#pragma warning restore CA5394

        return [.. samples.Values];
    }

    /// <summary>All of a state but when it was made.</summary>
    public static string Text(PatientState state)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            StateJson.Write(json, state with { At = 0 }, state.At);
        }

        return $"{Encoding.UTF8.GetString(stream.ToArray())} {string.Join(',', state.Readings.Select(r => r.Counts))}";
    }
}
