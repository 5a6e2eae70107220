namespace Salus.Monitoring.Scores;

/// <summary>
/// Systemic inflammatory response syndrome: American College of Chest Physicians / Society of Critical Care Medicine Consensus Conference, Crit Care Med 1992;20:864-874.
/// One point each: temperature above 38 or below 36 degrees Celsius; heart rate above 90/min; respiratory rate above 20/min or PaCO2 below 32 mmHg; leukocytes above 12 or below 4 x 10^9/L or more
/// than 10 % bands. Positive from 2. PaCO2 and bands are alternatives: that they are not at hand does not make the score incomplete.
/// </summary>
internal static class Sirs
{
    public const string Name = "sirs";

    public static Score Of(ScoreInput input)
    {
        if (Criteria.NotForChildren(Name, input) is { } no)
        {
            return no;
        }

        var temperature = input[Vitals.Temperature];
        var heart = input.Newest(Vitals.HeartRate, Vitals.PulseRate);
        return Criteria.Score(Name, input,
        [
            temperature.Part("temperature", temperature.Value is > 38_000 or < 36_000 ? 1 : 0),
            heart.Part("heart-rate", heart.Value > 90_000 ? 1 : 0),
            Either(input[Vitals.RespiratoryRate], "respiratory-rate", v => v > 20_000, input[Lab.ArterialCarbonDioxide], "arterial-co2", v => v < 32_000),
            Either(input[Lab.Leukocytes], "leukocytes", v => v is > 12_000 or < 4_000, input[Lab.Bands], "bands", v => v > 10_000),
        ]);
    }

    private static ScorePart Either(Vital first, string name, Func<int, bool> met, Vital other, string otherName, Func<int, bool> otherMet) =>
        other.Counts && otherMet(other.Value) && !(first.Counts && met(first.Value)) ? other.Part(otherName, 1) : first.Part(name, met(first.Value) ? 1 : 0);
}
