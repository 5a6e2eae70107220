namespace Salus.Monitoring.Scores;

/// <summary>
/// Quick SOFA: Singer et al., The Third International Consensus Definitions for Sepsis and Septic Shock (Sepsis-3), JAMA 2016;315:801-810, Box 4. One point each: respiratory rate of
/// 22/min or more, altered mentation (Glasgow coma score below 15), systolic pressure of 100 mmHg or less. Positive from 2. Derived from adults.
/// Where no coma score is at hand, or an older one, ACVPU tells of mentation: anything but alert is altered.
/// </summary>
internal static class Qsofa
{
    public const string Name = "qsofa";

    public static Score Of(ScoreInput input)
    {
        if (Criteria.NotForChildren(Name, input) is { } no)
        {
            return no;
        }

        var respiration = input[Vitals.RespiratoryRate];
        var systolic = input.Newest(Vitals.Systolic, Vitals.ArterialSystolic);
        return Criteria.Score(Name, input,
        [
            respiration.Part("respiratory-rate", respiration.Value >= 22_000 ? 1 : 0),
            Mentation(input),
            systolic.Part("systolic", systolic.Value <= 100_000 ? 1 : 0),
        ]);
    }

    private static ScorePart Mentation(ScoreInput input)
    {
        var (coma, level) = (input[Vitals.ComaScore], input[Vitals.Consciousness]);
        var newest = input.Newest(Vitals.ComaScore, Vitals.Consciousness);
        return coma.Counts && (!level.Counts || coma.Time >= level.Time)
            ? coma.Part("coma-score", coma.Value < 15_000 ? 1 : 0)
            : newest.Part(level.Counts ? "consciousness" : "coma-score", level.Value > 0 ? 1 : 0);
    }
}
