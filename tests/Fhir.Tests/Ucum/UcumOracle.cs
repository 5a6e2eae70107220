using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Salus.Fhir.Tests.Ucum;

/// <summary>Evaluates the definitions of the published UCUM table in doubles, by splitting at dots and slashes: they have no parentheses and no annotations.</summary>
internal sealed partial class UcumOracle
{
    private static readonly XNamespace Ns = "http://unitsofmeasure.org/ucum-essence";
    private readonly Dictionary<string, (double Value, string Unit)> units;
    private readonly Dictionary<string, double> prefixes;
    private readonly HashSet<string> bases;

    internal UcumOracle(XElement root)
    {
        bases = [.. root.Elements(Ns + "base-unit").Select(b => b.Attribute("Code")!.Value)];
        prefixes = root.Elements(Ns + "prefix").ToDictionary(p => p.Attribute("Code")!.Value, p => Number(p.Element(Ns + "value")!.Attribute("value")!.Value));
        units = [];
        foreach (var unit in root.Elements(Ns + "unit"))
        {
            var (code, value) = (unit.Attribute("Code")!.Value, unit.Element(Ns + "value")!);
            var of = value.Element(Ns + "function") ?? value;
            if (unit.Attribute("isArbitrary")?.Value == "yes" && value.Attribute("Unit")!.Value == "1")
            {
                bases.Add(code);
            }
            else
            {
                units.Add(code, (Number(of.Attribute("value")!.Value), of.Attribute("Unit")!.Value));
            }
        }
    }

    internal (double Factor, string Dimension) Symbol(string code)
    {
        var dimension = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var factor = Add(code, 1, dimension);
        var text = string.Join('.', dimension.Where(d => d.Value != 0).Select(d => d.Value == 1 ? d.Key : $"{d.Key}{d.Value}"));
        return (factor, text.Length == 0 ? "1" : text);
    }

    private double Add(string symbol, int exponent, SortedDictionary<string, int> dimension)
    {
        if (bases.Contains(symbol))
        {
            dimension[symbol] = dimension.GetValueOrDefault(symbol) + exponent;
            return 1;
        }

        if (units.TryGetValue(symbol, out var unit))
        {
            return Math.Pow(unit.Value, exponent) * Expression(unit.Unit, exponent, dimension);
        }

        var prefix = prefixes.Keys.Single(p => symbol.StartsWith(p, StringComparison.Ordinal) && (bases.Contains(symbol[p.Length..]) || units.ContainsKey(symbol[p.Length..])));
        return Math.Pow(prefixes[prefix], exponent) * Add(symbol[prefix.Length..], exponent, dimension);
    }

    private double Expression(string text, int exponent, SortedDictionary<string, int> dimension)
    {
        var factor = 1.0;
        foreach (Match part in Part().Matches(text))
        {
            var sign = part.Groups["op"].Value == "/" ? -exponent : exponent;
            var (symbol, power) = (part.Groups["symbol"].Value, part.Groups["power"].Value);
            factor *= symbol.All(char.IsAsciiDigit)
                ? Math.Pow(Number(symbol), sign)
                : Add(symbol, sign * (power.Length == 0 ? 1 : int.Parse(power, CultureInfo.InvariantCulture)), dimension);
        }

        return factor;
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?<op>[./]?)(?<symbol>10\*|10\^|\d+|(?:\[[^\]]*\]|[^./\[\d+-])+)(?<power>[+-]?\d*)")]
    private static partial Regex Part();
}
