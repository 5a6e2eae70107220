namespace Salus.Monitoring.Scores;

/// <summary>Pulse pressure in mmHg: systolic minus diastolic pressure of one measurement. A difference below 0 is an error of measurement and no value.</summary>
internal static class PulsePressure
{
    public const string Name = "pulse-pressure";

    public static Score Of(ScoreInput input)
    {
        var pair = PressurePair.Of(input);
        if (!pair.Counts)
        {
            return new(Name, null, false, null, pair.Parts(), null);
        }

        var difference = pair.Systolic.Amount - pair.Diastolic.Amount;
        return difference >= 0
            ? new(Name, difference, true, null, pair.Parts(), null)
            : new(Name, null, false, null, pair.Parts(), "The diastolic pressure is above the systolic one.");
    }
}
