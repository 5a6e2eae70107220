using Salus.Fhir.Json;
using Salus.Fhir.Primitives;

namespace Salus.Fhir.Paths;

/// <summary>Navigation and utilities (http://hl7.org/fhirpath/N1/#tree-navigation, http://hl7.org/fhir/R4/fhirpath.html#functions).</summary>
internal static partial class PathFunctions
{
    private static void AddTrees(Dictionary<string, PathFunction> all)
    {
        all["children"] = new(0, 0, StaticType.Any, static (call, into) =>
        {
            foreach (ref readonly var value in call.Input.Span)
            {
                foreach (var child in value.Element.Children)
                {
                    into.Add(PathValue.Of(child));
                }
            }
        });
        all["descendants"] = new(0, 0, StaticType.Any, static (call, into) =>
        {
            foreach (ref readonly var value in call.Input.Span)
            {
                Descend(value.Element, into);
            }
        });
        all["hasValue"] = Condition(0, static call =>
            call.Input.Count == 1 && (call.Input[0].Kind != PathKind.Element || call.Input[0].Element is { HasValue: true, Kind: not JsonKind.Object }));
        all["getValue"] = new(0, 0, StaticType.Any, static (call, into) =>
        {
            if (call.Input.Count == 1 && SystemValue.Of(call.Input[0]) is { Kind: not (PathKind.Element or PathKind.Quantity) } value)
            {
                into.Add(value);
            }
        });
        all["now"] = new(0, 0, StaticType.Of(PathKind.DateTime), static (call, into) => into.Add(PathValue.Of(Now(call), PathKind.DateTime)));
        all["today"] = new(0, 0, StaticType.Of(PathKind.Date), static (call, into) =>
        {
            var now = Now(call);
            into.Add(PathValue.Of(new FhirDateTime(now.WallClock / FhirDateTime.Day * FhirDateTime.Day, TimePrecision.Day, 0, null), PathKind.Date));
        });
        all["timeOfDay"] = new(0, 0, StaticType.Of(PathKind.Time), static (call, into) =>
        {
            var now = Now(call);
            into.Add(PathValue.Of(now with { WallClock = now.WallClock % FhirDateTime.Day, Offset = null }, PathKind.Time));
        });
    }

    private static FhirDateTime Now(in PathCall call)
    {
        var now = call.Scope.Clock.GetLocalNow();
        var wall = (now.DateTime - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMillisecond * 1000;
        return new FhirDateTime(wall, TimePrecision.Fraction, 3, (short)now.Offset.TotalMinutes);
    }

    private static void Descend(Element element, PathCollection into)
    {
        foreach (var child in element.Children)
        {
            into.Add(PathValue.Of(child));
            Descend(child, into);
        }
    }
}
