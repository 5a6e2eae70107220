using Salus.Fhir.Paths;

namespace Salus.Fhir.Views;

/// <summary>
/// One value of a row, or a list of them in a column that is a collection. It points into the resource: use it before the next one is read.
/// </summary>
public readonly struct ViewCell
{
    internal ViewCell(in PathValue value) => Value = value;

    internal ViewCell(PathValue[] items) => Items = items;

    /// <summary>The single value; of the kind None when it is null or a list.</summary>
    internal PathValue Value { get; }

    /// <summary>The values of a list; null when it is none.</summary>
    internal PathValue[]? Items { get; }

    public bool IsNull => Items is null && Value.Kind == PathKind.None;

    /// <summary>How many values a list has; 0 for anything else.</summary>
    public int Count => Items?.Length ?? 0;

    /// <summary>A value of a list.</summary>
    public ViewCell this[int index] => new(Items![index]);

    /// <summary>The value of a <see cref="ColumnKind.Boolean"/> column.</summary>
    public bool Boolean => CellValue.TryBoolean(Value, out var value) && value;

    /// <summary>The value of an <see cref="ColumnKind.Integer"/> or <see cref="ColumnKind.Long"/> column.</summary>
    public long Integer => CellValue.TryInteger(Value, out var value) ? value : 0;

    /// <summary>The value of a <see cref="ColumnKind.Decimal"/> column.</summary>
    public decimal Decimal => CellValue.TryDecimal(Value, out var value) ? value : 0;

    /// <summary>The value of a <see cref="ColumnKind.Double"/> column.</summary>
    public double Double => CellValue.TryDouble(Value, out var value) ? value : 0;

    /// <summary>The value of a <see cref="ColumnKind.Date"/> column, in days since 1970-01-01.</summary>
    public int Days => CellValue.TryDays(Value, out var value) ? value : 0;

    /// <summary>The value of a <see cref="ColumnKind.Timestamp"/> column, in microseconds since 1970 UTC.</summary>
    public long Microseconds => CellValue.TryMicroseconds(Value, out var value) ? value : 0;

    /// <summary>The value of a <see cref="ColumnKind.Text"/> column.</summary>
    public string Text => CellValue.Text(Value);

    /// <summary>The value of a <see cref="ColumnKind.Json"/> column, as compact JSON.</summary>
    public string Json => CellValue.Json(Value);
}
