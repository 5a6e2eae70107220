using Salus.Simulation.Chance;
using Salus.Simulation.Knowledge;
using Salus.Simulation.People;

namespace Salus.Simulation.Course;

/// <summary>One set of vital signs. Oxygen is the flow in L/min, 0 on room air.</summary>
internal sealed record VitalSigns(int HeartRate, int Breaths, int Systolic, int Diastolic, int Saturation, decimal Temperature, int Oxygen, Consciousness Consciousness);

internal enum Consciousness { Alert, Confused, Voice, Pain, Unresponsive }

/// <summary>
/// The patient's own normal, what chronic disease makes of it, and what an acute illness adds. Childhood values follow the middle of the bands in
/// Fleming et al., Lancet 2011;377:1011 (heart and respiratory rate) and of the WHO and CDC growth charts (height, body mass index).
/// </summary>
internal sealed class Physiology(Person person, IReadOnlyList<Disease> chronic, TimeFrame frame, Dice dice)
{
    static readonly (double Age, double Value)[] HeartRates = [(0, 138), (1, 122), (3, 108), (6, 94), (10, 84), (15, 76), (20, 72), (100, 72)];
    static readonly (double Age, double Value)[] BreathRates = [(0, 42), (1, 34), (3, 27), (6, 22), (12, 18), (18, 15), (70, 15.5), (100, 17)];
    static readonly (double Age, double Value)[] Systolics = [(0, 70), (1, 90), (5, 98), (10, 105), (16, 114), (30, 118), (60, 127), (100, 134)];
    static readonly (double Age, double Value)[] Diastolics = [(0, 42), (1, 52), (5, 60), (10, 65), (16, 70), (30, 75), (60, 78), (100, 72)];
    static readonly (double Age, double Value)[] HeightShares =
        [(0, 0.295), (0.5, 0.39), (1, 0.435), (2, 0.5), (4, 0.59), (6, 0.665), (8, 0.73), (10, 0.79), (12, 0.855), (14, 0.925), (16, 0.98), (18, 1), (60, 1), (100, 0.97)];
    static readonly (double Age, double Value)[] MassIndexes =
        [(0, 13.5), (0.5, 17), (1, 16.9), (2, 16.2), (5, 15.4), (8, 15.9), (12, 18), (16, 20.5), (20, 22.8), (55, 26), (100, 24)];

    readonly double adultHeight = (person.Sex == Sex.Male ? 177 : 164) * (1 + (dice.Bell() * 0.035));
    readonly double girth = (1 + (dice.Bell() * 0.07)) * (chronic.Contains(Diseases.Obesity) ? 1.36 : 1);
    readonly double heartRate = dice.Bell() * 5;
    readonly double pressure = dice.Bell() * 6;
    readonly double saturation = dice.Between(-0.6, 0.8);
    readonly Dictionary<Analyte, double> own = [];
    readonly double gravity = Math.Clamp(1 + (dice.Bell() * 0.3), 0.5, 1.7);
    readonly bool retainsCarbonDioxide = chronic.Contains(Diseases.Copd);

    /// <summary>cm</summary>
    public decimal Height(DateTimeOffset moment) => Arithmetic.Round(adultHeight * Curve(HeightShares, person.AgeAt(moment)), 1);

    /// <summary>kg</summary>
    public decimal Weight(DateTimeOffset moment)
    {
        var metres = adultHeight * Curve(HeightShares, person.AgeAt(moment)) / 100;
        return Arithmetic.Round(Curve(MassIndexes, person.AgeAt(moment)) * girth * metres * metres * (1 + (dice.Bell() * 0.006)), person.AgeAt(moment) < 1 ? 2 : 1);
    }

    public VitalSigns Vitals(DateTimeOffset moment, Illness? illness)
    {
        var age = person.AgeAt(moment);
        var severity = illness?.Severity(moment) ?? 0;
        // Treatment halves what chronic disease does, over the recorded past.
        var strain = chronic.Aggregate(Strain.None, (sum, disease) => sum + (disease.Strain * (1 - (0.5 * frame.Share(moment)))));
        if (illness is not null) strain += illness.Episode.Strain * (illness.Fatal ? severity * 1.25 : severity);
        var bloodPressureScale = age < 16 ? 0.6 : 1;
        var systolic = Whole(Curve(Systolics, age) + (pressure * bloodPressureScale) + strain.Systolic + (dice.Bell() * 4), 60, 215);
        var diastolic = Whole(Curve(Diastolics, age) + (pressure * 0.5 * bloodPressureScale) + strain.Diastolic + (dice.Bell() * 3), 32, systolic - 18);
        var (saturationNow, oxygen) = Breathe(97.3 + saturation + strain.Saturation + (dice.Bell() * 0.5), illness is not null);
        return new VitalSigns(
            Whole(Curve(HeartRates, age) + heartRate + strain.HeartRate + (dice.Bell() * 3.5), 45, 190),
            Whole(Curve(BreathRates, age) + strain.Breaths + (dice.Bell() * 1.1), 9, 70),
            systolic, diastolic, saturationNow,
            Arithmetic.Round(Math.Clamp(36.7 + strain.Temperature + (dice.Bell() * 0.18), 35.2, 41.2), 1),
            oxygen, Awake(illness, severity));
    }

    /// <summary>A test result; tests that follow from others are computed by the caller.</summary>
    public decimal Value(Analyte test, DateTimeOffset moment, Illness? illness)
    {
        var limits = test.Limits(person.Sex, person.AgeAt(moment));
        var (low, high) = (limits.Low ?? test.Floor, limits.High ?? test.Ceiling);
        var spread = test.Spread ?? (high - low) / 10;
        if (!own.TryGetValue(test, out var offset)) own[test] = offset = dice.Bell() * spread * 0.8;
        var value = (test.Typical ?? (low + high) / 2) + offset + (dice.Bell() * spread * 0.5);
        var share = frame.Share(moment);
        value += chronic.SelectMany(disease => disease.Trends).Where(trend => trend.Test == test).Sum(trend => gravity * (trend.Start + ((trend.End - trend.Start) * share)));
        if (illness is not null)
            value += illness.Severity(moment) * illness.Episode.Shifts.Where(shift => shift.Test == test).Sum(shift => shift.Peak * dice.Between(0.85, 1.1));
        return Arithmetic.Round(Math.Clamp(value, test.Floor, test.Ceiling), test.Decimals);
    }

    (int Saturation, int Oxygen) Breathe(double onAir, bool inHospital)
    {
        var target = retainsCarbonDioxide ? 90.0 : 94.0;
        if (!inHospital || onAir >= target - 2) return (Whole(onAir, 70, 100), 0);
        return (Whole(onAir + ((target - onAir) * 0.7), 70, 100), Whole((target - onAir) * 0.9, 1, 15));
    }

    Consciousness Awake(Illness? illness, double severity)
    {
        if (illness is not { Episode.Dangerous: true } || severity < 0.78) return Consciousness.Alert;
        if (severity > 0.95 && dice.Hits(0.5)) return Consciousness.Voice;
        return dice.Hits(illness.Episode.Strain.Systolic < -20 || illness.Episode.Strain.Saturation < -10 ? 0.7 : 0.2) ? Consciousness.Confused : Consciousness.Alert;
    }

    static int Whole(double value, double low, double high) => (int)Math.Round(Math.Clamp(value, low, high), MidpointRounding.AwayFromZero);

    static double Curve((double Age, double Value)[] points, double age)
    {
        var next = Array.FindIndex(points, point => point.Age > age);
        if (next <= 0) return next == 0 ? points[0].Value : points[^1].Value;
        var (from, to) = (points[next - 1], points[next]);
        return from.Value + ((to.Value - from.Value) * (age - from.Age) / (to.Age - from.Age));
    }
}
