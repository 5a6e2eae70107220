namespace Salus.Monitoring.Scores;

/// <summary>Mean arterial pressure in mmHg: as measured, else (systolic + 2 x diastolic) / 3, to a tenth (Meaney et al., Heart 2000;84:64, compares the formulas).</summary>
internal static class MeanPressure
{
    public const string Name = "map";

    public static Score Of(ScoreInput input)
    {
        var measured = input.Newest(Vitals.MeanPressure, Vitals.ArterialMean);
        if (measured.Counts)
        {
            return new(Name, measured.Amount, true, null, [measured.Part("mean-pressure", null)], null);
        }

        var pair = PressurePair.Of(input);
        return pair.Counts
            ? new(Name, Math.Round((pair.Systolic.Amount + (2 * pair.Diastolic.Amount)) / 3, 1, MidpointRounding.AwayFromZero), true, null, pair.Parts(), "Calculated from systolic and diastolic pressure.")
            : new(Name, null, false, null, pair.Parts(), null);
    }
}
