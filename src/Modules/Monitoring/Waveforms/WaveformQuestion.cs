using System.Globalization;
using Microsoft.AspNetCore.Http;
using Salus.Kernel;
using Salus.Monitoring.History;
using Salus.Monitoring.Storage;

namespace Salus.Monitoring.Waveforms;

/// <summary>What is asked of a patient's waveforms.</summary>
/// <param name="From">The first time, milliseconds since 1970 UTC.</param>
/// <param name="To">The first time that is too late.</param>
/// <param name="Width">Steps of an outline, as many as a display has pixels; null for the samples as they are.</param>
internal sealed record WaveformQuestion(IReadOnlyList<Signal> Signals, long From, long To, int? Width)
{
    private const long UsualLength = 10_000;
    private const int MostWidth = 10_000;

    /// <summary>Reads the query; every refusal names its parameter.</summary>
    /// <param name="now">The time that it ends at when it does not say.</param>
    public static Outcome<WaveformQuestion> Parse(IQueryCollection query, DateTimeOffset now)
    {
        var signals = new List<Signal>();
        foreach (var code in query["code"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (SignalSet.Default.Find(code) is not { } signal)
            {
                return HistoryQuestion.Wrong("code", $"'{HistoryQuestion.Short(code)}' is no waveform that is kept here. Take some of {string.Join(", ", SignalSet.Default.All.Select(s => s.Name))}, with commas between, or their IEEE 11073-10101 codes.");
            }

            signals.Add(signal);
        }

        var to = HistoryQuestion.Time(query, "to", now.ToUnixTimeMilliseconds() + 1);
        if (to.Failed(out var wrong))
        {
            return wrong;
        }

        var from = HistoryQuestion.Time(query, "from", Math.Max(0, to.Value - UsualLength));
        if (from.Failed(out wrong))
        {
            return wrong;
        }

        if (from.Value >= to.Value || to.Value - from.Value > UnixTime.Day)
        {
            return HistoryQuestion.Wrong("from", "It is before 'to', by a day at most. Without 'to' the time ends now, without 'from' it begins 10 seconds before its end.");
        }

        int? width = null;
        if (query["width"].ToString() is { Length: > 0 } text)
        {
            width = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var steps) && steps is > 0 and <= MostWidth ? steps : null;
            if (width is null)
            {
                return HistoryQuestion.Wrong("width", $"'{HistoryQuestion.Short(text)}' is not a number from 1 to {MostWidth}: of how many steps the lowest and the highest value are wanted.");
            }
        }

        return new WaveformQuestion(signals.Count > 0 ? [.. signals.Distinct()] : SignalSet.Default.All, from.Value, to.Value, width);
    }
}
