namespace Salus.Monitoring.Scores;

/// <summary>
/// Shock index: heart rate by systolic pressure, to a hundredth. Allgöwer and Burri, Dtsch Med Wochenschr 1967;92:1947-1950: about 0.5 in health, 1.0 with shock near. No level: what is
/// too high depends on the patient, a rule says it.
/// </summary>
internal static class ShockIndex
{
    public const string Name = "shock-index";

    public static Score Of(ScoreInput input)
    {
        var heart = input.Newest(Vitals.HeartRate, Vitals.PulseRate);
        var systolic = input.Newest(Vitals.Systolic, Vitals.ArterialSystolic);
        ScorePart[] parts = [heart.Part("heart-rate", null), systolic.Part("systolic", null)];
        return heart.Counts && systolic.Counts && systolic.Value > 0
            ? new(Name, Math.Round(heart.Amount / systolic.Amount, 2, MidpointRounding.AwayFromZero), true, null, parts, null)
            : new(Name, null, false, null, parts, heart.Counts && systolic.Counts ? "There is no systolic pressure to divide by." : null);
    }
}
