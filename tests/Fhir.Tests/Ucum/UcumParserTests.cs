using FsCheck;
using FsCheck.Fluent;
using Salus.Fhir.Ucum;

namespace Salus.Fhir.Tests.Ucum;

public sealed class UcumParserTests
{
    [Theory]
    [InlineData("m", "m")]
    [InlineData("min", "s")]
    [InlineData("cd", "cd")]
    [InlineData("dag", "g")]
    [InlineData("m2", "m2")]
    [InlineData("m+2", "m2")]
    [InlineData("s-1", "s-1")]
    [InlineData("/s", "s-1")]
    [InlineData("/s.m", "m.s-1")]
    [InlineData("m/s/g", "g-1.m.s-1")]
    [InlineData("m/(s.g)", "g-1.m.s-1")]
    [InlineData("m/s.g", "g.m.s-1")]
    [InlineData("10*-3.g", "g")]
    [InlineData("10*3{RBC}/uL", "m-3")]
    [InlineData("/100{WBC}", "1")]
    [InlineData("{cells}/[HPF]", "1")]
    [InlineData("g{creat}", "g")]
    [InlineData("%", "1")]
    [InlineData("''", "rad")]
    [InlineData("[in_i'H2O]", "g.m-1.s-2")]
    [InlineData("dyn.s/(cm5)", "g.m-4.s-1")]
    [InlineData("cal_[15]", "g.m2.s-2")]
    [InlineData("B[10.nV]", "C-1.g.m2.s-2")]
    [InlineData("((m))", "m")]
    [InlineData("1", "1")]
    [InlineData("2.m", "m")]
    public void Codes_are_read(string code, string canonical)
    {
        Assert.True(UcumUnit.TryParse(code, out var unit, out var error), error);
        Assert.Equal(canonical, unit.CanonicalCode);
    }

    [Fact]
    public void A_code_that_was_refused_is_not_read_again()
    {
        Assert.False(UcumUnit.TryParse("refused/unit", out _, out var first));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(UcumUnit.TryParse("refused/unit", out _, out var again));
        Assert.Equal((first, 0), (again, GC.GetAllocatedBytesForCurrentThread() - before));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("mgg", "there is no unit 'mgg' (character 1)")]
    [InlineData("mg/dl/xx", "there is no unit 'xx' (character 7)")]
    [InlineData("mmHg", "write mm[Hg]")]
    [InlineData("mmH2O", "write mm[H2O]")]
    [InlineData("IU/L", "write [iU]")]
    [InlineData("mg/DL", "there is no unit 'DL'; capitals matter: d")]
    [InlineData("µg", "u for micro")]
    [InlineData("m/", "a unit is missing at the end (character 3)")]
    [InlineData("m//s", "'/' is no unit (character 3)")]
    [InlineData("(m", "parenthesis is not closed (character 1)")]
    [InlineData("m)", "')' is not expected here (character 2)")]
    [InlineData("m{a b}", "annotation {...} is not closed")]
    [InlineData("m{a{b}}", "annotation {...} is not closed")]
    [InlineData("m s", "' ' is not expected here (character 2)")]
    [InlineData("2m", "'m' is not expected here (character 2)")]
    [InlineData("m0", "an exponent is an integer")]
    [InlineData("m1000000000000", "an exponent is an integer")]
    [InlineData("m-", "an exponent is an integer")]
    [InlineData("0.m", "a number is a positive integer")]
    [InlineData("[in_i", "there is no unit '[in_i'")]
    [InlineData("Cel2", "has a zero of its own")]
    [InlineData("Cel/min", "use a proper unit, such as K for Cel")]
    [InlineData("k[in_i]", "there is no unit")]
    [InlineData("mol99.mol99.mol99.mol99", "out of all bounds")]
    public void What_is_wrong_is_named(string code, string reason)
    {
        Assert.False(UcumUnit.TryParse(code, out _, out var error));
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_code_has_a_length()
    {
        Assert.True(UcumUnit.TryParse(string.Join('.', Enumerable.Repeat("m", 99)), out _, out _));
        Assert.False(UcumUnit.TryParse(string.Join('.', Enumerable.Repeat("m", 100)), out _, out _));
        Assert.False(UcumUnit.TryParse(new string('(', 256), out _, out _));
    }

    [Fact]
    public void Any_text_is_read_or_refused_with_a_reason() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(5000), Prop.ForAll(
        Gen.Elements("m", "g", "mol", "10*", "[pi]", "Cel", "dB", "[iU]", ".", "/", "(", ")", "{x}", "-", "+", "2", "99", "0", "[", "]", "k", "%", "é", " ").ListOf().ToArbitrary(), parts =>
        {
            var code = string.Concat(parts);
            Assert.Equal(UcumUnit.TryParse(code, out var unit, out var error), error is null);
            if (unit is not null)
            {
                Assert.True(UcumUnit.TryParse(unit.CanonicalCode, out var canonical, out error), error);
                Assert.Equal(unit.CanonicalCode, canonical.CanonicalCode);
            }
        }));
}
