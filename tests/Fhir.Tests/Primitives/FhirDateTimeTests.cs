using System.Text;
using Salus.Fhir.Primitives;

namespace Salus.Fhir.Tests.Primitives;

public class FhirDateTimeTests
{
    [Theory]
    [InlineData("2020", true, true, false)]
    [InlineData("2020-02", true, true, false)]
    [InlineData("2020-02-29", true, true, false)]
    [InlineData("2020-02-29T10:11:12Z", false, true, true)]
    [InlineData("2020-02-29T10:11:12.123456789+14:00", false, true, true)]
    [InlineData("2016-12-31T23:59:60Z", false, true, true)]
    [InlineData("2020-02-29T10:11:12", false, false, false)]
    [InlineData("2020-02-29T10:11Z", false, false, false)]
    [InlineData("2020-02-29T10", false, false, false)]
    public void A_time_tells_which_FHIR_types_allow_it(string text, bool date, bool dateTime, bool instant)
    {
        Assert.True(FhirDateTime.TryRead(Encoding.UTF8.GetBytes(text), out var value));
        Assert.Equal((date, dateTime, instant), (value.IsDate, value.IsDateTime, value.IsInstant));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0000")]
    [InlineData("20")]
    [InlineData("2020-")]
    [InlineData("2020-1")]
    [InlineData("2020-13")]
    [InlineData("2020-00")]
    [InlineData("2019-02-29")]
    [InlineData("2020-01-01T")]
    [InlineData("2020-01T10:00:00Z")]
    [InlineData("2020-01-01T24:00:00Z")]
    [InlineData("2020-01-01T10:60:00Z")]
    [InlineData("2020-01-01T10:00:61Z")]
    [InlineData("2020-01-01T10:00:00.Z")]
    [InlineData("2020-01-01T10:00:00+14:01")]
    [InlineData("2020-01-01T10:00:00+1:00")]
    [InlineData("2020-01-01T10:00:00z")]
    [InlineData("2020-01-01 10:00:00Z")]
    [InlineData("2020-01-01Z")]
    [InlineData(" 2020")]
    [InlineData("٢٠٢٠")]
    public void What_the_calendar_does_not_have_is_refused(string text) => Assert.False(FhirDateTime.TryRead(Encoding.UTF8.GetBytes(text), out _));

    [Theory]
    [InlineData("10:11:12", true)]
    [InlineData("10:11:12.5", true)]
    [InlineData("10:11", true)]
    [InlineData("24:00:00", false)]
    [InlineData("10:11:12Z", false)]
    public void A_time_of_day_is_read(string text, bool valid) => Assert.Equal(valid, FhirDateTime.TryReadTime(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void Every_day_of_the_calendar_agrees_with_the_framework()
    {
        for (var day = DateTime.MinValue; day < DateTime.MaxValue.AddDays(-1); day = day.AddDays(1))
        {
            var days = CivilCalendar.Days(day.Year, day.Month, day.Day);
            Assert.Equal((day - DateTime.UnixEpoch).Days, days);
            Assert.Equal((day.Year, day.Month, day.Day), CivilCalendar.Date((days * FhirDateTime.Day) + FhirDateTime.Day - 1));
        }
    }

    [Fact]
    public void A_leap_second_is_the_first_of_the_next_minute()
    {
        FhirDateTime.TryRead("2016-12-31T23:59:60Z"u8, out var leap);
        FhirDateTime.TryRead("2017-01-01T00:00:00Z"u8, out var next);
        Assert.Equal(next.Low, leap.Low);
    }
}
