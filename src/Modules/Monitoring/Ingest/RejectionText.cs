using System.Globalization;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Metrics;

namespace Salus.Monitoring.Ingest;

/// <summary>What people read of a rejection: the reason and the way out.</summary>
internal static class RejectionText
{
    /// <param name="about">The value in thousandths for what is impossible, else the time.</param>
    public static string Of(Metric metric, Reason reason, long about, IngestLimits limits)
    {
        var (low, high, unit) = (metric.Possible.Low, metric.Possible.High, metric.Unit.Code);
        return reason switch
        {
            Reason.Impossible => about == WrittenNumber.Beyond
                ? $"The value is beyond what is possible: {low} to {high} {unit}."
                : string.Create(CultureInfo.InvariantCulture, $"{(decimal)about / Sample.Scale} {unit} is beyond what is possible: {low} to {high} {unit}. In which unit is it?"),
            Reason.Future => $"{Time(about)} is more than {limits.Tolerance / 1000} s ahead of this server's clock, which shows {Time(limits.Now)}. Set the device's clock.",
            Reason.TooOld => $"{Time(about)} is older than samples are kept (Salus:Monitoring:SampleDays). Times as numbers are milliseconds since 1970.",
            Reason.NoPatient => $"Nobody was on the device at {Time(about)}. Associate it with a patient (DeviceUseStatement), from that time on.",
            // Without their names: whoever looks at rejections need not know patients.
            _ => $"The device says another patient than the one who was on it by the record at {Time(about)}. Correct the DeviceUseStatement, or the device.",
        };
    }

    /// <summary>A time in milliseconds since 1970 UTC, for people.</summary>
    public static string Time(long time) => time is > -62_135_596_800_000 and < 253_402_300_800_000
        ? DateTimeOffset.FromUnixTimeMilliseconds(time).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{time}");
}
