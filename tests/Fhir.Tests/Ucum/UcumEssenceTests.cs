using System.Globalization;
using System.Xml.Linq;
using Salus.Fhir.Ucum;
using Xunit.Abstractions;

namespace Salus.Fhir.Tests.Ucum;

/// <summary>Our table is UCUM's: each prefix and unit of the published table has the same definition and the same value here. The oracle computes by itself, in doubles.</summary>
public sealed class UcumEssenceTests(ITestOutputHelper output)
{
    private static readonly XNamespace Ns = "http://unitsofmeasure.org/ucum-essence";

    [Fact]
    public void Every_prefix_of_the_published_table_has_its_value()
    {
        var published = Load()?.Elements(Ns + "prefix").ToDictionary(p => p.Attribute("Code")!.Value, p => p.Element(Ns + "value")!.Attribute("value")!.Value);
        if (published is null)
        {
            output.WriteLine("Skipped: the UCUM table is not there.");
            return;
        }

        Assert.Equal(24, published.Count);
        Assert.Equal(published.Keys.Order(StringComparer.Ordinal), UcumTable.Default.Prefixes.Select(p => p.Code).Order(StringComparer.Ordinal));
        foreach (var (code, value) in published)
        {
            Assert.True(UcumUnit.TryParse(code + "m", out var unit, out var error), error);
            Assert.Equal("m", unit.CanonicalCode);
            Close(double.Parse(value, CultureInfo.InvariantCulture), unit.Term.Factor.ToDouble(), code);
        }
    }

    [Fact]
    public void Every_unit_of_the_published_table_has_its_canonical_value()
    {
        if (Load() is not { } root)
        {
            output.WriteLine("Skipped: the UCUM table is not there.");
            return;
        }

        var oracle = new UcumOracle(root);
        var codes = root.Elements(Ns + "unit").Concat(root.Elements(Ns + "base-unit")).Select(u => u.Attribute("Code")!.Value).ToList();
        Assert.Equal(310, codes.Count);
        Assert.Equal(codes.Order(StringComparer.Ordinal), UcumTable.Default.Atoms.Keys.Order(StringComparer.Ordinal));
        foreach (var code in codes)
        {
            Assert.True(UcumUnit.TryParse(code, out var unit, out var error), error);
            var (factor, dimension) = oracle.Symbol(code);
            Assert.Equal((code, dimension), (code, unit.CanonicalCode));
            Close(factor, unit.Term.Factor.ToDouble(), code);
        }
    }

    [Fact]
    public void Metric_and_special_units_are_those_of_the_published_table()
    {
        foreach (var unit in Load()?.Elements(Ns + "unit") ?? [])
        {
            var atom = UcumTable.Default.Atoms[unit.Attribute("Code")!.Value];
            Assert.Equal((atom.Code, unit.Attribute("isMetric")!.Value == "yes"), (atom.Code, atom.IsMetric));
            Assert.Equal((atom.Code, unit.Element(Ns + "value")!.Element(Ns + "function")?.Attribute("name")?.Value), (atom.Code, atom.Function));
            Assert.Equal((atom.Code, unit.Attribute("isArbitrary")?.Value == "yes"), (atom.Code, atom.Kind == "arbitrary"));
            Assert.Equal(atom.IsMetric, UcumUnit.TryParse("k" + atom.Code, out _, out _));
        }
    }

    private static XElement? Load() => SharedData.Find("ucum/ucum-essence.xml") is { } file ? XDocument.Load(file).Root : null;

    private static void Close(double expected, double actual, string code) =>
        Assert.True(Math.Abs(expected - actual) <= 1e-12 * Math.Abs(expected), $"{code}: {expected:R} and {actual:R}");
}
