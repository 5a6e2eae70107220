using Salus.Fhir.Paths.Syntax;
using Salus.Fhir.Primitives;

namespace Salus.Fhir.Paths;

/// <summary>Arithmetic on System values (http://hl7.org/fhirpath/N1/#math). A result that does not fit its type is empty.</summary>
internal static class Arithmetic
{
    internal static PathValue Of(BinaryOperator operation, in PathValue a, in PathValue b, int position)
    {
        if (operation == BinaryOperator.Concatenate)
        {
            return (a.Kind, b.Kind) is (PathKind.String or PathKind.None, PathKind.String or PathKind.None)
                ? PathValue.Of(a.Text + b.Text)
                : throw Unfit(operation, a, b, position);
        }

        if (a.Kind == PathKind.None || b.Kind == PathKind.None)
        {
            return default;
        }

        switch (a.Kind, b.Kind)
        {
            case (PathKind.Integer, PathKind.Integer):
                return Integers(operation, a.Integer, b.Integer);
            case (PathKind.Integer or PathKind.Decimal, PathKind.Integer or PathKind.Decimal):
                return Decimals(operation, a.Decimal, b.Decimal);
            case (PathKind.String, PathKind.String) when operation == BinaryOperator.Add:
                return PathValue.Of(a.Text + b.Text);
            case (PathKind.Date or PathKind.DateTime or PathKind.Time, PathKind.Quantity) when operation is BinaryOperator.Add or BinaryOperator.Subtract:
                return TimeArithmetic.Add(a, operation == BinaryOperator.Add ? b.Decimal : -b.Decimal, b, position);
            case (PathKind.Quantity, PathKind.Quantity) when operation is BinaryOperator.Add or BinaryOperator.Subtract:
                return Units.Add(a, b, operation == BinaryOperator.Subtract);
            case (PathKind.Quantity, PathKind.Integer or PathKind.Decimal) when operation is BinaryOperator.Multiply or BinaryOperator.Divide:
                var scaled = Decimals(operation, a.Decimal, b.Decimal);
                return scaled.Kind == PathKind.None ? scaled : PathValue.OfQuantity(scaled.Decimal, a.Unit, a.IsCalendarUnit);
            case (PathKind.Quantity or PathKind.Integer or PathKind.Decimal, PathKind.Quantity) when operation is BinaryOperator.Multiply or BinaryOperator.Divide:
                return Units.Scale(a, b, operation == BinaryOperator.Divide);
            default:
                throw Unfit(operation, a, b, position);
        }
    }

    internal static PathValue Sign(in PathValue value, bool negative) => value.Kind switch
    {
        PathKind.Integer when !negative || value.Integer != int.MinValue => PathValue.Of(negative ? -value.Integer : value.Integer),
        PathKind.Decimal => PathValue.Of(negative ? -value.Decimal : value.Decimal),
        PathKind.Quantity => PathValue.OfQuantity(negative ? -value.Decimal : value.Decimal, value.Unit, value.IsCalendarUnit),
        _ => default,
    };

    private static PathValue Integers(BinaryOperator operation, int a, int b)
    {
        switch (operation)
        {
            case BinaryOperator.Divide:
                return Decimals(operation, a, b);
            case BinaryOperator.Div or BinaryOperator.Mod when b == 0:
                return default;
        }

        var result = operation switch
        {
            BinaryOperator.Add => (long)a + b,
            BinaryOperator.Subtract => (long)a - b,
            BinaryOperator.Multiply => (long)a * b,
            BinaryOperator.Div => (long)a / b,
            _ => (long)a % b,
        };
        return result is >= int.MinValue and <= int.MaxValue ? PathValue.Of((int)result) : default;
    }

    private static PathValue Decimals(BinaryOperator operation, decimal a, decimal b)
    {
        if (b == 0 && operation is BinaryOperator.Divide or BinaryOperator.Div or BinaryOperator.Mod)
        {
            return default;
        }

        try
        {
            switch (operation)
            {
                case BinaryOperator.Add:
                    return PathValue.Of(a + b);
                case BinaryOperator.Subtract:
                    return PathValue.Of(a - b);
                case BinaryOperator.Multiply:
                    return PathValue.Of(a * b);
                case BinaryOperator.Divide:
                    return PathValue.Of(a / b);
                case BinaryOperator.Div:
                    var whole = decimal.Truncate(a / b);
                    return whole is >= int.MinValue and <= int.MaxValue ? PathValue.Of((int)whole) : default;
                default:
                    return PathValue.Of(a % b);
            }
        }
        catch (OverflowException)
        {
            return default;
        }
    }

    private static PathFault Unfit(BinaryOperator operation, in PathValue a, in PathValue b, int position) =>
        new($"'{PathParser.Symbol(operation)}' is not defined for {Ordering.Name(a)} and {Ordering.Name(b)}", position);
}
