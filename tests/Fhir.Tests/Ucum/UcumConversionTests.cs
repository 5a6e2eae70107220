using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Salus.Fhir.Ucum;

namespace Salus.Fhir.Tests.Ucum;

public sealed class UcumConversionTests
{
    [Theory]
    [InlineData("90", "mg/dL", "0.9", "g/L")]
    [InlineData("1", "[lb_av]", "0.45359237", "kg")]
    [InlineData("185", "[lb_av]", "83.91458845", "kg")]
    [InlineData("1", "[in_i]", "2.54", "cm")]
    [InlineData("120", "mm[Hg]", "15.99864", "kPa")]
    [InlineData("1", "m[H2O]", "73.556127270818019531660191116", "mm[Hg]")]
    [InlineData("4.5", "10*3/uL", "4.5", "10*9/L")]
    [InlineData("4.5", "10^3/uL", "4500", "/uL")]
    [InlineData("60", "/min", "1", "Hz")]
    [InlineData("72", "{beats}/min", "1.2", "/s")]
    [InlineData("1", "/s", "60", "/min")]
    [InlineData("1", "h", "60", "min")]
    [InlineData("1", "wk", "168", "h")]
    [InlineData("1", "a", "365.25", "d")]
    [InlineData("2", "m[iU]/mL", "2", "[iU]/L")]
    [InlineData("2", "k[IU]/L", "2", "[iU]/mL")]
    [InlineData("1", "mmol/L", "1000", "umol/L")]
    [InlineData("1", "meq/L", "1", "mmol/L")]
    [InlineData("7", "umol/min", "7", "U")]
    [InlineData("1", "kcal_th", "4184", "J")]
    [InlineData("1", "[Cal]", "1", "kcal")]
    [InlineData("50", "%", "0.5", "1")]
    [InlineData("1", "g%", "10", "g/L")]
    [InlineData("90", "fL", "90", "um3")]
    [InlineData("70", "mL/min/{1.73_m2}", "4.2", "L/h")]
    [InlineData("100", "kg/m2", "10", "g/cm2")]
    [InlineData("1", "KiBy", "8192", "bit")]
    [InlineData("1", "l", "1", "L")]
    [InlineData("180", "deg", "3.1415926535897932384626433833", "rad")]
    [InlineData("12345678901234567.1", "mg", "12345678901.2345671", "kg")]
    [InlineData("-3", "g", "-0.003", "kg")]
    public void Units_that_measure_the_same_convert(string value, string from, string expected, string to)
    {
        Assert.True(Unit(from).TryConvert(Number(value), Unit(to), out var converted));
        Assert.Equal(expected, converted.ToString(CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("37", "Cel", "98.6", "[degF]")]
    [InlineData("98.6", "[degF]", "37", "Cel")]
    [InlineData("-40", "Cel", "-40", "[degF]")]
    [InlineData("0", "Cel", "273.15", "K")]
    [InlineData("310.15", "K", "37", "Cel")]
    [InlineData("37", "Cel", "29.6", "[degRe]")]
    [InlineData("20000", "mCel", "20", "Cel")]
    [InlineData("7.4", "[pH]", "39.810717055", "nmol/L")]
    [InlineData("100", "nmol/L", "7", "[pH]")]
    [InlineData("20", "dB", "2", "B")]
    [InlineData("20", "dB", "100", "1")]
    [InlineData("1000", "1", "30", "dB")]
    [InlineData("20", "dB[V]", "10", "V")]
    [InlineData("0", "B[SPL]", "20", "uPa")]
    [InlineData("8", "bit_s", "256", "1")]
    [InlineData("100", "%[slope]", "45", "deg")]
    [InlineData("3", "[m/s2/Hz^(1/2)]", "9", "m2.s-3")]
    public void Special_units_convert(string value, string from, string expected, string to)
    {
        Assert.True(Unit(from).TryConvert(Number(value), Unit(to), out var converted));
        Assert.Equal(Number(expected), Math.Round(converted, 9));
    }

    [Theory]
    [InlineData("mmol/L", "mg/dL")]
    [InlineData("min", "mm")]
    [InlineData("[iU]", "[arb'U]")]
    [InlineData("[iU]", "1")]
    [InlineData("[iU]/L", "g/L")]
    [InlineData("Cel", "J")]
    [InlineData("deg", "1")]
    [InlineData("kg", "kg/m2")]
    public void Units_that_measure_different_things_do_not(string from, string to)
    {
        Assert.False(Unit(from).IsCommensurable(Unit(to)));
        Assert.False(Unit(from).TryConvert(1, Unit(to), out _));
        Assert.Null(UcumUnit.Compare(1, Unit(from), 1, Unit(to)));
    }

    [Theory]
    [InlineData("mg/dL", "g.m-3", "10")]
    [InlineData("mm[Hg]", "g.m-1.s-2", "133322.0")]
    [InlineData("10*3/uL", "m-3", "1000000000000")]
    [InlineData("[iU]/mL", "[iU].m-3", "1000000")]
    [InlineData("/min", "s-1", "0.0166666666666666666666666667")]
    [InlineData("Cel", "K", "274.15")]
    [InlineData("{score}", "1", "1")]
    [InlineData("mmol", "1", "602213670000000000000")]
    public void The_canonical_value_has_base_units(string code, string canonical, string one)
    {
        var unit = Unit(code);
        Assert.Equal(canonical, unit.CanonicalCode);
        Assert.True(unit.TryToCanonical(1, out var value));
        Assert.Equal(Number(one), value);
        Assert.Equal(canonical, Unit(canonical).CanonicalCode);
    }

    [Fact]
    public void What_no_decimal_holds_is_not_converted()
    {
        Assert.False(Unit("Ym").TryConvert(1, Unit("ym"), out _));
        Assert.False(Unit("ym").TryConvert(1.5m, Unit("Mm"), out _));
        Assert.False(Unit("dB").TryConvert(1_000_000, Unit("1"), out _));
        Assert.False(Unit("1").TryConvert(-1, Unit("dB"), out _));
        Assert.True(Unit("m").TryConvert(decimal.MaxValue, Unit("km"), out var near));
        Assert.Equal(79228162514264337593543950.335m, near);
    }

    [Fact]
    public void Amounts_are_compared_without_rounding()
    {
        Assert.Equal(0, UcumUnit.Compare(1m, Unit("/min"), 60m, Unit("/h")));
        Assert.Equal(0, UcumUnit.Compare(4.0000m, Unit("g"), 4000.0m, Unit("mg")));
        Assert.Equal(-1, UcumUnit.Compare(0.3333333333333333333333333333m, Unit("[yd_i]"), 1m, Unit("[ft_i]")));
        Assert.Equal(0, UcumUnit.Compare(98.6m, Unit("[degF]"), 37m, Unit("Cel")));
        Assert.Equal(1, UcumUnit.Compare(100m, Unit("[degF]"), 37m, Unit("Cel")));
    }

    [Fact]
    public void There_and_back_is_the_same_value() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(
        ArbMap.Default.ArbFor<int>(), ArbMap.Default.ArbFor<int>(), (mantissa, pair) =>
        {
            var groups = UcumTable.Default.Atoms.Keys.Select(Unit).Where(u => !u.IsSpecial).GroupBy(u => u.CanonicalCode).Select(g => g.ToList()).ToList();
            var group = groups[(pair & int.MaxValue) % groups.Count];
            var (from, to) = (group[(mantissa & int.MaxValue) % group.Count], group[((pair >> 8) & 0x7FFFFF) % group.Count]);
            var value = mantissa / 1000m;
            if (from.TryConvert(value, to, out var there) && to.TryConvert(there, from, out var back))
            {
                Assert.True(Math.Abs(value - back) <= Math.Abs(value) * 1e-13m, $"{value} {from} = {there} {to} = {back} {from}");
            }
        }));

    private static UcumUnit Unit(string code)
    {
        Assert.True(UcumUnit.TryParse(code, out var unit, out var error), error);
        return unit;
    }

    private static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
}
