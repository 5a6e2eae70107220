using System.Globalization;
using System.Text;
using System.Text.Json;
using Salus.Kernel;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Storage;

namespace Salus.Monitoring.History;

/// <summary>
/// A series as an Observation with SampledData (http://hl7.org/fhir/R4/datatypes.html#SampledData), which has values at equal distances only: the distance is the most frequent one
/// between samples, each sample stands at the nearest place, the last of several at one place counts, and <c>E</c> stands where there is none. Flags are left out.
/// </summary>
internal sealed record SampledSeries(SeriesPoints Source, long Period, string Data)
{
    // Of places: a sample a day for years would be all gaps.
    private const int Most = 1_000_000;

    /// <summary>TooCostly when it would be more gaps than can be sent.</summary>
    public static Outcome<SampledSeries> Of(SeriesPoints source)
    {
        var points = source.Points;
        var period = points.Zip(points.Skip(1), (a, b) => b.Time - a.Time).GroupBy(d => d).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).FirstOrDefault()?.Key ?? 1000;
        var length = ((points[^1].Time - points[0].Time + (period / 2)) / period) + 1;
        if (length > Most)
        {
            return new Failure(FailureKind.TooCostly, "too-costly", $"With a value every {period} ms that is {length} places; the limit is {Most}. Ask for a shorter time.", "from");
        }

        var places = new int?[length];
        foreach (var point in points)
        {
            places[(point.Time - points[0].Time + (period / 2)) / period] = point.Value;
        }

        var text = new StringBuilder();
        foreach (var place in places)
        {
            text.Append(text.Length > 0 ? " " : "").Append(place is { } value ? Thousandths.Amount(value).ToString(CultureInfo.InvariantCulture) : "E");
        }

        return new SampledSeries(source, period, text.ToString());
    }

    /// <summary>A Bundle of type collection with an Observation for each series.</summary>
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<SampledSeries> all) => FhirElements.Collection(writer, all, (to, one) => one.Write(to));

    private void Write(Utf8JsonWriter writer)
    {
        var (series, points) = (Source.Series, Source.Points);
        writer.WriteStartObject();
        ObservationJson.WriteHead(writer, series, points[0].Time, points[^1].Time);
        writer.WriteStartObject("valueSampledData"u8);
        writer.WritePropertyName("origin"u8);
        FhirElements.Quantity(writer, 0, series.Metric.Unit.Code);
        writer.WriteNumber("period"u8, Period);
        writer.WriteNumber("dimensions"u8, 1);
        writer.WriteString("data"u8, Data);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
