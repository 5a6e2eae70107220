using System.Globalization;
using System.Text;
using Salus.Monitoring.Ingest;
using Salus.Monitoring.Metrics;

namespace Salus.Bench.Monitoring;

/// <summary>Bodies of POST /telemetry as monitors send them: every device ten metrics, a value a second of each.</summary>
internal static class TelemetryBodies
{
    public const int Metrics = 10;

    private static readonly (Metric Metric, decimal Usual)[] Measured =
    [
        .. new (string, decimal)[]
        {
            ("heart-rate", 72), ("pulse-rate", 72), ("respiratory-rate", 16), ("oxygen-saturation", 97), ("arterial-systolic", 120), ("arterial-diastolic", 80), ("arterial-mean", 93), ("temperature", 36.8m),
            ("end-tidal-co2", 36), ("inspired-oxygen", 21.5m),
        }.Select(m => (MetricSet.Default[m.Item1], m.Item2)),
    ];

    /// <summary>The names of devices by number.</summary>
    public static string Device(int number) => $"SN-{number:D4}";

    /// <param name="from">Time of the first value, milliseconds since 1970 UTC.</param>
    /// <param name="seconds">Values of each device and metric.</param>
    public static byte[] Json(int devices, long from, int seconds)
    {
        var text = new StringBuilder("{\"batches\":[");
        for (var d = 0; d < devices; d++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(d > 0 ? "," : "")}{{\"device\":\"{Device(d)}\",\"samples\":[");
            for (var i = 0; i < seconds * Metrics; i++)
            {
                var (metric, time, value) = Value(d, i, from);
                text.Append(CultureInfo.InvariantCulture, $"{(i > 0 ? "," : "")}{{\"time\":{time},\"code\":\"{metric.Loinc[0]}\",\"value\":{value / 1000m:0.###},\"unit\":\"{metric.Unit.Code}\"}}");
            }

            text.Append("]}");
        }

        return Encoding.UTF8.GetBytes(text.Append("]}").ToString());
    }

    /// <summary>The same with temperatures in [degF], pressures in kPa and times as ISO 8601: nothing as the server keeps it.</summary>
    public static byte[] Foreign(int devices, long from, int seconds)
    {
        var text = new StringBuilder("{\"batches\":[");
        for (var d = 0; d < devices; d++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(d > 0 ? "," : "")}{{\"device\":\"{Device(d)}\",\"samples\":[");
            for (var i = 0; i < seconds * Metrics; i++)
            {
                var (metric, time, value) = Value(d, i, from);
                var (unit, factor, offset) = metric.Unit.Code switch { "Cel" => ("[degF]", 1.8m, 32m), "mm[Hg]" => ("kPa", 0.133322m, 0m), "%" => ("1", 0.01m, 0m), _ => ("{beats}/min", 1m, 0m) };
                text.Append(CultureInfo.InvariantCulture, $"{(i > 0 ? "," : "")}{{\"time\":\"{DateTimeOffset.FromUnixTimeMilliseconds(time):yyyy-MM-dd'T'HH:mm:ss.fff'Z'}\",\"code\":\"{metric.Loinc[0]}\",\"value\":{(value / 1000m * factor) + offset:0.####},\"unit\":\"{unit}\"}}");
            }

            text.Append("]}");
        }

        return Encoding.UTF8.GetBytes(text.Append("]}").ToString());
    }

    public static byte[] Binary(int devices, long from, int seconds) => Binary(0, devices, from, seconds, 1000);

    /// <param name="first">The number of the first device.</param>
    /// <param name="values">Of each device and metric.</param>
    /// <param name="interval">Milliseconds from one value to the next.</param>
    public static byte[] Binary(int first, int devices, long from, int values, int interval)
    {
        var writer = new BinaryTelemetryWriter();
        for (var d = first; d < first + devices; d++)
        {
            var number = writer.Device(Device(d));
            for (var m = 0; m < Metrics; m++)
            {
                var (of, metric) = (d, m);
                writer.Run(number, Measured[m].Metric.Number, [.. Enumerable.Range(0, values).Select(s => (from + (s * (long)interval), Value(of, (s * Metrics) + metric, 0).Value, false))]);
            }
        }

        return writer.ToArray();
    }

    // The same values in each form: small steps about the usual, as of a patient.
    private static (Metric Metric, long Time, int Value) Value(int device, int index, long from)
    {
        var (second, number) = Math.DivRem(index, Metrics);
        var (metric, usual) = Measured[number];
        return (metric, from + (second * 1000L), (int)(usual * 1000) + (((device * 7) + (second * 13) + (number * 3)) % 11 * 100) - 500);
    }
}
