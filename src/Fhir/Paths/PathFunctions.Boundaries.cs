namespace Salus.Fhir.Paths;

/// <summary>What a written value leaves open: <c>lowBoundary</c>, <c>highBoundary</c>, <c>precision</c>, <c>comparable</c>.</summary>
internal static partial class PathFunctions
{
    private const Kinds Measurable = Kinds.Number | Kinds.Quantity | Kinds.Temporal;

    private static void AddBoundaries(Dictionary<string, PathFunction> all)
    {
        all["lowBoundary"] = Boundary("lowBoundary", high: false);
        all["highBoundary"] = Boundary("highBoundary", high: true);
        all["precision"] = new(0, 0, StaticType.Integer, static (call, into) =>
        {
            var value = call.Single;
            if (value.Kind != PathKind.None)
            {
                into.Add(PathValue.Of(Boundaries.Precision(value) ?? throw call.Unfit("precision", value)));
            }
        })
        {
            Takes = Measurable,
        };
        all["comparable"] = new(1, 1, StaticType.Boolean, static (call, into) =>
        {
            var (a, b) = (call.Single, call.Argument(0));
            if (a.Kind != PathKind.None && b.Kind != PathKind.None)
            {
                into.Add(PathValue.Of(IsAmount(a) && IsAmount(b) ? Units.Comparable(a, b) : throw call.Unfit("comparable", IsAmount(a) ? b : a)));
            }
        })
        {
            Takes = Kinds.Quantity | Kinds.Number,
            ArgumentsTake = Kinds.Quantity | Kinds.Number,
        };
    }

    private static bool IsAmount(in PathValue value) => IsNumber(value) || value.Kind == PathKind.Quantity;

    private static PathFunction Boundary(string name, bool high) => new(0, 1, StaticType.Any, (call, into) =>
    {
        var value = call.Single;
        if (value.Kind == PathKind.None)
        {
            return;
        }

        if ((KindsOf.Of(value.Kind) & Measurable) == 0)
        {
            throw call.Unfit(name, value);
        }

        var digits = call.Arguments.Length == 0 ? null : IntegerArgument(call, 0, name);
        if (digits is not null || call.Arguments.Length == 0)
        {
            Add(into, Boundaries.Of(value, digits, high));
        }
    })
    {
        Takes = Measurable,
        ArgumentsTake = Kinds.Integer,
    };
}
