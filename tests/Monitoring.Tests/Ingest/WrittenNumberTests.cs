using System.Globalization;
using System.Text;
using Salus.Monitoring.Ingest;

namespace Salus.Monitoring.Tests.Ingest;

public sealed class WrittenNumberTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("-0.0", 0)]
    [InlineData("72", 72_000)]
    [InlineData("72.5", 72_500)]
    [InlineData("-0.0005", -1)]
    [InlineData("0.00049999", 0)]
    [InlineData("36.8005", 36_801)]
    [InlineData("7.25e1", 72_500)]
    [InlineData("725E-1", 72_500)]
    [InlineData("1e-30", 0)]
    [InlineData("0e999", 0)]
    [InlineData("0.000000000000000000000000000001", 0)]
    [InlineData("1e9", WrittenNumber.Beyond)]
    [InlineData("1e99999", WrittenNumber.Beyond)]
    [InlineData("1.5e2", 150_000)]
    public void It_is_read_in_thousandths(string text, long expected)
    {
        var read = WrittenNumber.Read(Encoding.UTF8.GetBytes(text)).Thousandths();
        Assert.True(expected == WrittenNumber.Beyond ? read >= 1_000_000_000_000 : read == expected, $"{text}: {read}");
    }

    [Fact]
    public void It_is_what_a_decimal_is()
    {
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var value = decimal.Round((decimal)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(0, 6))), random.Next(0, 8));
            var text = value.ToString(CultureInfo.InvariantCulture);
            var read = WrittenNumber.Read(Encoding.UTF8.GetBytes(text));
            Assert.Equal((long)decimal.Round(value * 1000, MidpointRounding.AwayFromZero), read.Thousandths());
            Assert.Equal(value, read.Amount());
        }
    }

    [Theory]
    [InlineData("123456789012345678901234567890")]
    [InlineData("1e16")]
    [InlineData("99e999")]
    public void What_is_beyond_has_no_amount(string text) => Assert.True(WrittenNumber.Thousandths(WrittenNumber.Read(Encoding.UTF8.GetBytes(text)).Amount()) == WrittenNumber.Beyond);
}
