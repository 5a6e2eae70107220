namespace Salus.Monitoring.Scores;

/// <summary>Whether a patient breathes air or gets oxygen.</summary>
internal static class OxygenTherapy
{
    private const int AirPercent = 21_000;

    /// <summary>What somebody said of it; else the newer of the inspired fraction (more than 21 %) and the flow (more than 0); null when nobody knows.</summary>
    /// <param name="of">The measured value that it was taken from; missing when somebody said it.</param>
    public static bool? Of(ScoreInput input, out Vital of)
    {
        of = default;
        if (input.Facts.Oxygen is { } said)
        {
            return said;
        }

        var (fraction, flow) = (input[Vitals.InspiredOxygen], input[Vitals.OxygenFlow]);
        of = input.Newest(Vitals.InspiredOxygen, Vitals.OxygenFlow);
        if (!of.Counts)
        {
            return null;
        }

        return flow.Counts && (!fraction.Counts || flow.Time > fraction.Time) ? flow.Value > 0 : fraction.Value > AirPercent;
    }
}
