using Salus.Fhir.Json;

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
        })
        {
            Unordered = true,
        };
        all["descendants"] = new(0, 0, StaticType.Any, static (call, into) =>
        {
            foreach (ref readonly var value in call.Input.Span)
            {
                Descend(value.Element, into);
            }
        })
        {
            Unordered = true,
        };
        all["hasValue"] = Condition(0, static call =>
            call.Input.Count == 1 && (call.Input[0].Kind != PathKind.Element || call.Input[0].Element is { HasValue: true, Kind: not JsonKind.Object }));
        all["getValue"] = new(0, 0, StaticType.Any, static (call, into) =>
        {
            if (call.Input.Count == 1 && call.Read(call.Input[0]) is { Kind: not (PathKind.Element or PathKind.Quantity) } value)
            {
                into.Add(value);
            }
        });
        all["type"] = new(0, 0, StaticType.Type, static (call, into) =>
        {
            foreach (ref readonly var value in call.Input.Span)
            {
                into.Add(PathValue.Of(TypeInfo.Of(value)));
            }
        });
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
