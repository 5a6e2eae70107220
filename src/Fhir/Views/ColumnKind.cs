namespace Salus.Fhir.Views;

/// <summary>What the values of a column are in every output, so that a row is the same wherever it goes.</summary>
public enum ColumnKind : byte
{
    /// <summary>Text as the resource has it; dates and times too, because FHIR's may be partial.</summary>
    Text,
    Boolean,
    /// <summary>32 bits.</summary>
    Integer,
    /// <summary>64 bits.</summary>
    Long,
    /// <summary>An exact decimal number.</summary>
    Decimal,
    /// <summary>A binary floating-point number of 64 bits; only by the tag <c>ansi/type</c>.</summary>
    Double,
    /// <summary>A whole day; only by the tag <c>ansi/type</c>.</summary>
    Date,
    /// <summary>A moment, kept in UTC with microseconds; only by the tag <c>ansi/type</c>.</summary>
    Timestamp,
    /// <summary>A JSON value: a complex type, or a type that is not known before the view runs.</summary>
    Json,
}
