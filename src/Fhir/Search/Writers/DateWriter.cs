using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Primitives;

namespace Salus.Fhir.Search.Writers;

/// <summary>Date values as time spans (http://hl7.org/fhir/R4/search.html#date).</summary>
internal sealed class DateWriter(FhirDefinitions definitions)
{
    private readonly int start = Fields.Of(definitions, "Period", "start"u8);
    private readonly int end = Fields.Of(definitions, "Period", "end"u8);
    private readonly int timingEvent = Fields.Of(definitions, "Timing", "event"u8);
    private readonly int timingRepeat = Fields.Of(definitions, "Timing", "repeat"u8);
    private readonly int timingBounds = Fields.Of(definitions, "Timing.repeat", "boundsPeriod"u8);

    internal ValueWriter? For(TypeDefinition type) => type.Name switch
    {
        "date" or "dateTime" or "instant" => Time,
        "Period" => Period,
        "Timing" => Timing,
        _ => null,
    };

    private static void Time(Element element, ResourceParameter parameter, SearchValues into)
    {
        if (FhirDateTime.TryRead(element.StringText(), out var time))
        {
            into.Dates.Add(new DateValue(parameter, time.Low, time.High));
        }
    }

    private void Period(Element period, ResourceParameter parameter, SearchValues into)
    {
        if (Limits(period, out var low, out var high))
        {
            into.Dates.Add(new DateValue(parameter, low, high));
        }
    }

    // Only the outer limits of a Timing count.
    private void Timing(Element timing, ResourceParameter parameter, SearchValues into)
    {
        var (low, high) = (long.MaxValue, long.MinValue);
        foreach (var one in timing.Property(timingEvent).Items)
        {
            if (FhirDateTime.TryRead(one.StringText(), out var time))
            {
                (low, high) = (Math.Min(low, time.Low), Math.Max(high, time.High));
            }
        }

        if (Limits(timing.Property(timingRepeat).Property(timingBounds), out var from, out var to))
        {
            (low, high) = (Math.Min(low, from), Math.Max(high, to));
        }

        if (low < high)
        {
            into.Dates.Add(new DateValue(parameter, low, high));
        }
    }

    private bool Limits(Element period, out long low, out long high)
    {
        var hasStart = FhirDateTime.TryRead(period.Property(start).StringText(), out var first);
        var hasEnd = FhirDateTime.TryRead(period.Property(end).StringText(), out var last);
        low = hasStart ? first.Low : long.MinValue;
        high = hasEnd ? last.High : long.MaxValue;
        return hasStart || hasEnd;
    }
}
