using Salus.Simulation.Json;
using Salus.Simulation.Knowledge;
using Salus.Simulation.People;

namespace Salus.Simulation.Scale;

/// <summary>What an observation of one kind always says, and how its values are spread. Numbers are in units of the last decimal.</summary>
internal sealed class Measure
{
    static readonly (string Flag, string Display)[] Flags = [("L", "Low"), ("N", "Normal"), ("H", "High")];

    readonly int low;
    readonly int high;
    readonly int floor;
    readonly int ceiling;
    readonly int typical;
    readonly int spread;

    public Measure(Code code, string unit, int decimals, string category, string categoryName, Limits limits, (double Floor, double Ceiling, double Typical, double Spread) values)
    {
        var scale = decimals switch { 0 => 1, 1 => 10, _ => 100 };
        (Code, Decimals) = (code, decimals);
        (floor, ceiling, typical, spread) = (Scaled(values.Floor), Scaled(values.Ceiling), Scaled(values.Typical), Math.Max(1, Scaled(values.Spread)));
        (low, high) = (limits.Low is { } l ? Scaled(l) : int.MinValue, limits.High is { } h ? Scaled(h) : int.MaxValue);
        Head = Fragment.Of(json =>
        {
            json.Text("status", "final");
            json.Concepts("category", new Concept(categoryName, Terms.Hl7("observation-category", category, categoryName)));
            json.Concept("code", code.Concept());
        });
        Tails = [.. Flags.Select(flag => Tail(unit, limits, flag))];
        Component = Fragment.Of(json => json.Concept("code", code.Concept()));

        int Scaled(double value) => (int)Math.Round(value * scale, MidpointRounding.AwayFromZero);
    }

    public Code Code { get; }

    public int Decimals { get; }

    /// <summary>Status, category and code.</summary>
    public byte[] Head { get; }

    /// <summary>What follows the number of the value: the unit, and for low, normal and high the interpretation and the limits.</summary>
    public byte[][] Tails { get; }

    /// <summary>The code alone, for a part of an observation.</summary>
    public byte[] Component { get; }

    public static Measure Of(Analyte test, Sex sex)
    {
        var limits = test.Limits(sex, 45);
        var (low, high) = (limits.Low ?? test.Floor, limits.High ?? test.Ceiling);
        return new Measure(
            test.Code, test.Unit, test.Decimals, "laboratory", "Laboratory", limits, (test.Floor, test.Ceiling, test.Typical ?? ((low + high) / 2), 1.8 * (test.Spread ?? ((high - low) / 10))));
    }

    /// <summary>A value that is nearly normally distributed around the patient's own mean.</summary>
    public int Value(ulong chance, ulong patient)
    {
        var sum = (long)(chance & 0xFFFF) + (long)((chance >> 16) & 0xFFFF) + (long)((chance >> 32) & 0xFFFF) + (long)(chance >> 48);
        var own = (long)((patient >> 8) % 1024) - 512;
        return (int)Math.Clamp(typical + (spread * (sum - 131_070) / 37_837) + (spread * own / 512), floor, ceiling);
    }

    public int Flag(int value) => value < low ? 0 : value > high ? 2 : 1;

    static byte[] Tail(string unit, Limits limits, (string Flag, string Display) flag) => Fragment.Of(json =>
    {
        json.Text("unit", unit);
        json.Text("system", Terms.Ucum);
        json.Text("code", unit);
    }) is var quantity && limits is { Low: null, High: null } ? [.. ","u8, .. quantity, .. "}"u8] : [.. ","u8, .. quantity, .. "},"u8, .. Judgement(unit, limits, flag)];

    static byte[] Judgement(string unit, Limits limits, (string Flag, string Display) flag) => Fragment.Of(json =>
    {
        json.Concepts("interpretation", Terms.Hl7("v3-ObservationInterpretation", flag.Flag, flag.Display).Concept());
        json.Only("referenceRange", () =>
        {
            if (limits.Low is { } low) json.Quantity("low", (decimal)low, unit, unit);
            if (limits.High is { } high) json.Quantity("high", (decimal)high, unit, unit);
        });
    });
}
