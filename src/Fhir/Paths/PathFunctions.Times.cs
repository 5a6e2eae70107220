using Salus.Fhir.Primitives;

namespace Salus.Fhir.Paths;

/// <summary>The clock, and the parts of dates and times. A part that is not written gives nothing.</summary>
internal static partial class PathFunctions
{
    private static void AddTimes(Dictionary<string, PathFunction> all)
    {
        all["now"] = new(0, 0, StaticType.Of(PathKind.DateTime), static (call, into) => into.Add(PathValue.Of(call.Scope.Now, PathKind.DateTime)));
        all["today"] = new(0, 0, StaticType.Of(PathKind.Date), static (call, into) => into.Add(DateOf(call.Scope.Now)));
        all["timeOfDay"] = new(0, 0, StaticType.Of(PathKind.Time), static (call, into) => into.Add(TimeOf(call.Scope.Now)));
        Part(all, "yearOf", Kinds.Day, TimePrecision.Year, static time => CivilCalendar.Date(time.WallClock).Year);
        Part(all, "monthOf", Kinds.Day, TimePrecision.Month, static time => CivilCalendar.Date(time.WallClock).Month);
        Part(all, "dayOf", Kinds.Day, TimePrecision.Day, static time => CivilCalendar.Date(time.WallClock).Day);
        Part(all, "hourOf", Kinds.DateTime | Kinds.Time, TimePrecision.Hour, static time => (int)(OfDay(time) / FhirDateTime.Hour));
        Part(all, "minuteOf", Kinds.DateTime | Kinds.Time, TimePrecision.Minute, static time => (int)(OfDay(time) / FhirDateTime.Minute % 60));
        Part(all, "secondOf", Kinds.DateTime | Kinds.Time, TimePrecision.Second, static time => (int)(OfDay(time) / FhirDateTime.Second % 60));
        Part(all, "millisecondOf", Kinds.DateTime | Kinds.Time, TimePrecision.Fraction, static time => (int)(OfDay(time) / 1000 % 1000));
        OfTime(all, "timezoneOffsetOf", Kinds.DateTime, StaticType.Decimal, static value => value.Time.Offset is { } offset ? PathValue.Of(offset / 60m) : default);
        OfTime(all, "dateOf", Kinds.Day, StaticType.Of(PathKind.Date), static value => DateOf(value.Time));
        OfTime(all, "timeOf", Kinds.DateTime, StaticType.Of(PathKind.Time), static value => value.Time.Precision >= TimePrecision.Hour ? TimeOf(value.Time) : default);
    }

    private static void Part(Dictionary<string, PathFunction> all, string name, Kinds takes, TimePrecision needs, Func<FhirDateTime, int> part) =>
        OfTime(all, name, takes, StaticType.Integer, value => value.Time.Precision >= needs ? PathValue.Of(part(value.Time)) : default);

    private static void OfTime(Dictionary<string, PathFunction> all, string name, Kinds takes, StaticType result, Func<PathValue, PathValue> body) =>
        all[name] = new(0, 0, result, (call, into) =>
        {
            var value = call.Single;
            if (value.Kind != PathKind.None)
            {
                Add(into, (KindsOf.Of(value.Kind) & takes) != 0 ? body(value) : throw call.Unfit(name, value));
            }
        })
        {
            Takes = takes,
        };

    private static PathValue DateOf(FhirDateTime time)
    {
        var precision = (TimePrecision)Math.Min((byte)time.Precision, (byte)TimePrecision.Day);
        return PathValue.Of(new FhirDateTime(time.WallClock - OfDay(time), precision, 0, null), PathKind.Date);
    }

    private static PathValue TimeOf(FhirDateTime time) => PathValue.Of(time with { WallClock = OfDay(time), Offset = null }, PathKind.Time);

    private static long OfDay(FhirDateTime time) => ((time.WallClock % FhirDateTime.Day) + FhirDateTime.Day) % FhirDateTime.Day;
}
