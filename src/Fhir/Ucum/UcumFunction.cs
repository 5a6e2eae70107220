namespace Salus.Fhir.Ucum;

/// <summary>
/// How the number of a special unit becomes a number of its proper unit and back (https://ucum.org/ucum#section-Derived-Unit-Atoms): shifts are exact, the rest is
/// computed in double precision. Both ways give null where there is no result, such as the logarithm of a negative number.
/// </summary>
/// <param name="ToProper">From the special unit, prefix applied, to multiples of the unit in the table.</param>
/// <param name="FromProper">The inverse.</param>
internal sealed record UcumFunction(Func<Ratio, Ratio?> ToProper, Func<Ratio, Ratio?> FromProper)
{
    private static readonly Dictionary<string, UcumFunction> All = new(StringComparer.Ordinal)
    {
        ["Cel"] = Shift(273.15m),
        ["degF"] = Shift(459.67m),
        ["degRe"] = Shift(218.52m),
        ["pH"] = Power(10, -1),
        ["ln"] = Power(Math.E, 1),
        ["lg"] = Power(10, 1),
        ["lgTimes2"] = Power(10, 0.5),
        ["ld"] = Power(2, 1),
        ["hpX"] = Power(10, -1),
        ["hpC"] = Power(100, -1),
        ["hpM"] = Power(1000, -1),
        ["hpQ"] = Power(50_000, -1),
        ["tanTimes100"] = Slope(),
        ["100tan"] = Slope(),
        ["sqrt"] = new(x => x * x, x => Ratio.Of(Math.Sqrt(x.ToDouble()))),
    };

    /// <exception cref="KeyNotFoundException">The table names a function that is not here.</exception>
    internal static UcumFunction Named(string name) => All[name];

    private static UcumFunction Shift(decimal zero) => new(x => x + Ratio.Of(zero), x => x - Ratio.Of(zero));

    private static UcumFunction Power(double of, double times) => new(
        x => Ratio.Of(Math.Pow(of, x.ToDouble() * times)),
        x => Finite(Math.Log(x.ToDouble()) / Math.Log(of) / times));

    // The angle is in degrees, as the unit in the table is.
    private static UcumFunction Slope() => new(
        x => Finite(Math.Atan(x.ToDouble() / 100) * 180 / Math.PI),
        x => Finite(Math.Tan(x.ToDouble() * Math.PI / 180) * 100));

    private static Ratio? Finite(double value) => value == 0 ? Ratio.Of(0m) : Ratio.Of(Math.Round(value, 14) is var near && near != 0 ? near : value);
}
