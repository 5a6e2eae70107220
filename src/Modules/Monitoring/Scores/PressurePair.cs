namespace Salus.Monitoring.Scores;

/// <summary>A systolic and a diastolic pressure of one measurement.</summary>
internal readonly record struct PressurePair(Vital Systolic, Vital Diastolic)
{
    // A cuff tells both at once; a minute allows for devices that send them one after the other.
    private const long Together = 60_000;

    public bool Counts => Systolic.Counts && Diastolic.Counts && Math.Abs(Systolic.Time - Diastolic.Time) <= Together;

    /// <summary>The newer one of cuff and arterial line that is a pair; when none is, what there is of the newer one.</summary>
    public static PressurePair Of(ScoreInput input)
    {
        var cuff = new PressurePair(input[Vitals.Systolic], input[Vitals.Diastolic]);
        var line = new PressurePair(input[Vitals.ArterialSystolic], input[Vitals.ArterialDiastolic]);
        return cuff.Counts != line.Counts ? (cuff.Counts ? cuff : line) : line.Systolic.Time > cuff.Systolic.Time ? line : cuff;
    }

    public ScorePart[] Parts()
    {
        var (systolic, diastolic) = (Systolic.Part("systolic", null), Diastolic.Part("diastolic", null));
        // Both are fresh, but not of one measurement.
        return Systolic.Counts && Diastolic.Counts && !Counts ? [systolic, diastolic with { Why = "stale" }] : [systolic, diastolic];
    }
}
