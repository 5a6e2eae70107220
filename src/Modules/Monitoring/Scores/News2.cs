using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Scores;

/// <summary>
/// National Early Warning Score 2: Royal College of Physicians, National Early Warning Score (NEWS) 2: Standardising the assessment of acute-illness severity in the NHS, London, 2017;
/// Chart 1 (the scoring system), Chart 2 (thresholds and triggers). Not for anybody under 16 years, nor in pregnancy (same report, recommendations).
/// The chart has whole numbers, and tenths of a degree: values are rounded so, halves upwards.
/// </summary>
internal static class News2
{
    public const string Name = "news2";
    private const int Adult = 16;

    public static Score Of(ScoreInput input)
    {
        var age = input.Facts.AgeAt(input.Now);
        if (age < Adult)
        {
            return new(Name, null, false, null, [], "NEWS2 is not for patients under 16 years.");
        }

        if (input.Facts.Pregnant)
        {
            return new(Name, null, false, null, [], "NEWS2 is not for pregnant patients.");
        }

        var parts = Parts(input);
        var (sum, known, red) = (0, 0, false);
        foreach (var part in parts)
        {
            if (part.Points is { } points)
            {
                sum += points;
                known++;
                red |= points == 3;
            }
        }

        return new(
            Name, known == 0 ? null : sum, known == parts.Length, known == 0 ? null : Level(sum, red), parts,
            age is null ? "The age is not known: NEWS2 is not for patients under 16 years." : input.Facts.Spo2Scale == 2 ? "SpO2 scale 2." : null);
    }

    /// <summary>The clinical risk of an aggregate score; a single parameter with 3 lifts a low one to low-medium.</summary>
    public static string Level(int sum, bool red) => sum >= 7 ? "high" : sum >= 5 ? "medium" : red ? "low-medium" : sum > 0 ? "low" : "none";

    public static int Respiration(int rate) => rate <= 8 ? 3 : rate <= 11 ? 1 : rate <= 20 ? 0 : rate <= 24 ? 2 : 3;

    public static int SaturationScale1(int percent) => percent <= 91 ? 3 : percent <= 93 ? 2 : percent <= 95 ? 1 : 0;

    /// <summary>Null where it matters whether the patient gets oxygen, and nobody knows.</summary>
    public static int? SaturationScale2(int percent, bool? oxygen) => percent switch
    {
        <= 83 => 3,
        <= 85 => 2,
        <= 87 => 1,
        <= 92 => 0,
        _ => oxygen switch { null => null, false => 0, true => percent <= 94 ? 1 : percent <= 96 ? 2 : 3 },
    };

    public static int Systolic(int pressure) => pressure <= 90 ? 3 : pressure <= 100 ? 2 : pressure <= 110 ? 1 : pressure <= 219 ? 0 : 3;

    public static int Pulse(int rate) => rate <= 40 ? 3 : rate <= 50 ? 1 : rate <= 90 ? 0 : rate <= 110 ? 1 : rate <= 130 ? 2 : 3;

    /// <summary>Alert is 0; new confusion, voice, pain, unresponsive are 3.</summary>
    public static int Consciousness(int level) => level == 0 ? 0 : 3;

    /// <param name="tenths">Tenths of a degree Celsius.</param>
    public static int Temperature(int tenths) => tenths <= 350 ? 3 : tenths <= 360 ? 1 : tenths <= 380 ? 0 : tenths <= 390 ? 1 : 2;

    private static ScorePart[] Parts(ScoreInput input)
    {
        var (respiration, saturation, temperature) = (input[Vitals.RespiratoryRate], input[Vitals.OxygenSaturation], input[Vitals.Temperature]);
        var systolic = input.Newest(Vitals.Systolic, Vitals.ArterialSystolic);
        var pulse = input.Newest(Vitals.HeartRate, Vitals.PulseRate);
        var consciousness = input[Vitals.Consciousness];
        var oxygen = OxygenTherapy.Of(input, out var from);
        return
        [
            respiration.Part("respiratory-rate", Respiration(Thousandths.Whole(respiration.Value))),
            Saturation(saturation, input.Facts.Spo2Scale, oxygen),
            oxygen is { } yes && !from.Counts ? new ScorePart("oxygen", yes ? 2 : 0, null, 0, null) : from.Part("oxygen", oxygen == true ? 2 : 0),
            systolic.Part("systolic", Systolic(Thousandths.Whole(systolic.Value))),
            pulse.Part("pulse", Pulse(Thousandths.Whole(pulse.Value))),
            consciousness.Part("consciousness", Consciousness(Thousandths.Whole(consciousness.Value))),
            temperature.Part("temperature", Temperature(Thousandths.Tenths(temperature.Value))),
        ];
    }

    private static ScorePart Saturation(Vital saturation, int scale, bool? oxygen)
    {
        var percent = Thousandths.Whole(saturation.Value);
        int? points = scale == 2 ? SaturationScale2(percent, oxygen) : SaturationScale1(percent);
        var part = saturation.Part("oxygen-saturation", points);
        return saturation.Counts && points is null ? part with { Why = "missing" } : part;
    }
}
