namespace Salus.Fhir.Paths;

/// <summary>Mathematics (http://hl7.org/fhirpath/N1/#math). Results that are not numbers, or do not fit, are nothing.</summary>
internal static partial class PathFunctions
{
    private static void AddMath(Dictionary<string, PathFunction> all)
    {
        all["abs"] = new(0, 0, StaticType.Any, static (call, into) => Add(into, Absolute(call)), KeepsType: true) { Takes = Kinds.Number | Kinds.Quantity };
        all["ceiling"] = OnNumber("ceiling", 0, StaticType.Integer, static (x, _) => Whole(decimal.Ceiling(x)));
        all["floor"] = OnNumber("floor", 0, StaticType.Integer, static (x, _) => Whole(decimal.Floor(x)));
        all["truncate"] = OnNumber("truncate", 0, StaticType.Integer, static (x, _) => Whole(decimal.Truncate(x)));
        all["round"] = OnNumber("round", 1, StaticType.Of(PathKind.Decimal), static (x, digits) => Round(x, digits ?? 0), optional: true);
        all["exp"] = OnNumber("exp", 0, StaticType.Of(PathKind.Decimal), static (x, _) => Real(Math.Exp((double)x)));
        all["ln"] = OnNumber("ln", 0, StaticType.Of(PathKind.Decimal), static (x, _) => Real(Math.Log((double)x)));
        all["log"] = OnNumber("log", 1, StaticType.Of(PathKind.Decimal), static (x, b) => Real(Math.Log((double)x, (double)b!.Value)));
        all["sqrt"] = OnNumber("sqrt", 0, StaticType.Of(PathKind.Decimal), static (x, _) => Real(Math.Sqrt((double)x)));
        all["power"] = new(1, 1, StaticType.Any, static (call, into) => Add(into, Power(call))) { Takes = Kinds.Number, ArgumentsTake = Kinds.Number };
    }

    private static void Add(PathCollection into, in PathValue value)
    {
        if (value.Kind != PathKind.None)
        {
            into.Add(value);
        }
    }

    private static PathFunction OnNumber(string name, int arguments, StaticType result, Func<decimal, decimal?, PathValue> body, bool optional = false) =>
        new(optional ? 0 : arguments, arguments, result, (call, into) =>
        {
            var value = call.Single;
            if (value.Kind == PathKind.None)
            {
                return;
            }

            var argument = NumberArgument(call, name);
            if (argument is not null || call.Arguments.Length == 0)
            {
                Add(into, body(IsNumber(value) ? value.Decimal : throw call.Unfit(name, value), argument));
            }
        })
        {
            Takes = Kinds.Number,
            ArgumentsTake = Kinds.Number,
        };

    private static decimal? NumberArgument(in PathCall call, string name)
    {
        var value = call.Argument(0);
        return value.Kind == PathKind.None ? null : IsNumber(value) ? value.Decimal : throw call.Unfit(name, value);
    }

    private static bool IsNumber(in PathValue value) => value.Kind is PathKind.Integer or PathKind.Decimal;

    private static PathValue Absolute(in PathCall call)
    {
        var value = call.Single;
        return value.Kind switch
        {
            PathKind.None => default,
            PathKind.Integer when value.Integer != int.MinValue => PathValue.Of(Math.Abs(value.Integer)),
            PathKind.Decimal => PathValue.Of(Math.Abs(value.Decimal)),
            PathKind.Quantity => PathValue.OfQuantity(Math.Abs(value.Decimal), value.Unit, value.IsCalendarUnit),
            PathKind.Integer => default,
            _ => throw call.Unfit("abs", value),
        };
    }

    private static PathValue Power(in PathCall call)
    {
        var (x, exponent) = (call.Single, call.Argument(0));
        if (x.Kind == PathKind.None || exponent.Kind == PathKind.None)
        {
            return default;
        }

        if (!IsNumber(x) || !IsNumber(exponent))
        {
            throw call.Unfit("power", IsNumber(x) ? exponent : x);
        }

        var result = Real(Math.Pow((double)x.Decimal, (double)exponent.Decimal));
        return x.Kind == PathKind.Integer && exponent is { Kind: PathKind.Integer, Integer: >= 0 } && result.Kind != PathKind.None ? Whole(Math.Round(result.Decimal)) : result;
    }

    private static PathValue Whole(decimal value) => value is >= int.MinValue and <= int.MaxValue ? PathValue.Of((int)value) : default;

    private static PathValue Round(decimal value, decimal digits) =>
        digits is >= 0 and <= 28 ? PathValue.Of(Math.Round(value, (int)digits, MidpointRounding.AwayFromZero)) : default;

    private static PathValue Real(double value) =>
        double.IsFinite(value) && Math.Abs(value) < (double)decimal.MaxValue ? PathValue.Of((decimal)value) : default;
}
