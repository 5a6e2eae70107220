namespace Salus.Monitoring.Scores;

/// <summary>
/// Sequential Organ Failure Assessment, as far as vital signs and laboratory values go: Vincent et al., Intensive Care Med 1996;22:707-710, Table 3. Bands of the table leave gaps
/// (1.9 and 2.0): a value is in the highest band whose edge it reaches.
/// Respiration by PaO2/FiO2; without a blood gas by SpO2/FiO2, with 512, 357, 214, 89 for its 400, 300, 200, 100 (Pandharipande et al., Crit Care Med 2009;37:1317-1321,
/// doi:10.1097/CCM.0b013e31819cefa9: all patients, whatever their PEEP, up to 98 %), on oxygen and up to 97 % only: on air nobody reaches 512, and above 97 % the saturation says nothing of the pressure (Rice et al., Chest 2007;132:410-417). 3 and 4 need respiratory support, 2 to 4 of circulation need doses of
/// catecholamines; neither is known here, so the sum is a lower bound and never complete.
/// </summary>
internal static class Sofa
{
    public const string Name = "sofa";
    private const int WithoutSupport = 2;
    private const string Partial = "Partial: respiratory support, catecholamines and urine output are not counted, so it is at least this.";

    public static Score Of(ScoreInput input)
    {
        if (Criteria.NotForChildren(Name, input) is { } no)
        {
            return no;
        }

        var (platelets, bilirubin, creatinine) = (input[Lab.Platelets], input[Lab.Bilirubin], input[Lab.Creatinine]);
        var coma = input[Vitals.ComaScore];
        ScorePart[] parts =
        [
            Respiration(input),
            platelets.Part("coagulation", Coagulation(platelets.Value)),
            bilirubin.Part("liver", Liver(bilirubin.Value)),
            Circulation(input),
            coma.Part("nervous-system", NervousSystem(coma.Value)),
            creatinine.Part("renal", Renal(creatinine.Value)),
        ];
        var known = parts.Any(p => p.Points is not null);
        return new(Name, known ? parts.Sum(p => p.Points ?? 0) : null, false, null, parts, Partial);
    }

    /// <param name="value">Thousandths of 10^9/L.</param>
    public static int Coagulation(int value) => value < 20_000 ? 4 : value < 50_000 ? 3 : value < 100_000 ? 2 : value < 150_000 ? 1 : 0;

    /// <param name="value">Thousandths of mg/dL.</param>
    public static int Liver(int value) => value > 12_000 ? 4 : value >= 6_000 ? 3 : value >= 2_000 ? 2 : value >= 1_200 ? 1 : 0;

    /// <param name="value">Thousandths of the coma score.</param>
    public static int NervousSystem(int value) => value < 6_000 ? 4 : value < 10_000 ? 3 : value < 13_000 ? 2 : value < 15_000 ? 1 : 0;

    /// <param name="value">Thousandths of mg/dL.</param>
    public static int Renal(int value) => value > 5_000 ? 4 : value >= 3_500 ? 3 : value >= 2_000 ? 2 : value >= 1_200 ? 1 : 0;

    /// <param name="ratio">PaO2 in mmHg by the fraction, as in 300 for 63 mmHg on air.</param>
    public static int PressureRatio(decimal ratio) => Math.Min(WithoutSupport, ratio < 100 ? 4 : ratio < 200 ? 3 : ratio < 300 ? 2 : ratio < 400 ? 1 : 0);

    /// <param name="ratio">SpO2 in % by the fraction.</param>
    public static int SaturationRatio(decimal ratio) => Math.Min(WithoutSupport, ratio <= 89 ? 4 : ratio <= 214 ? 3 : ratio <= 357 ? 2 : ratio <= 512 ? 1 : 0);

    private static ScorePart Respiration(ScoreInput input)
    {
        const string name = "respiration";
        var (pressure, saturation) = (input[Lab.ArterialOxygen], input[Vitals.OxygenSaturation]);
        var oxygen = OxygenTherapy.Of(input, out _);
        var measured = input[Vitals.InspiredOxygen];
        var percent = oxygen == false ? 21 : measured.Counts ? measured.Amount : (decimal?)null;
        if (percent is not { } fraction)
        {
            return measured.Part(name, null) with { Amount = null, Time = 0 };
        }

        if (pressure.Counts)
        {
            var ratio = pressure.Amount * 100 / fraction;
            return new(name, PressureRatio(ratio), Math.Round(ratio), pressure.Time, null);
        }

        if (!saturation.Counts || oxygen == false || saturation.Value > 97_000)
        {
            return new(name, null, null, 0, saturation.Counts ? "missing" : saturation.Why);
        }

        var surrogate = saturation.Amount * 100 / fraction;
        return new(name, SaturationRatio(surrogate), Math.Round(surrogate), saturation.Time, null);
    }

    private static ScorePart Circulation(ScoreInput input)
    {
        var mean = MeanPressure.Of(input);
        return mean.Value is { } pressure
            ? new("circulation", pressure < 70 ? 1 : 0, pressure, mean.Parts.Max(p => p.Time), null)
            : new("circulation", null, null, 0, mean.Parts[0].Why);
    }
}
