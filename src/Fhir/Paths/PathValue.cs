using System.Globalization;
using System.Runtime.InteropServices;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Primitives;

namespace Salus.Fhir.Paths;

/// <summary>What a <see cref="PathValue"/> is: an element of a resource, or a value of FHIRPath's own System types.</summary>
public enum PathKind : byte
{
    None,
    Element,
    Boolean,
    Integer,
    Decimal,
    String,
    Date,
    DateTime,
    Time,
    Quantity,
    /// <summary>What a reference points to, known by its type only. Stands between <c>resolve()</c> and <c>is</c> or <c>ofType</c>; no evaluation gives it.</summary>
    Target,
    /// <summary>What <c>type()</c> gives.</summary>
    Type,
}

/// <summary>One item of a FHIRPath collection. 32 bytes; only strings and units refer to the heap.</summary>
public readonly struct PathValue
{
    private readonly object? reference;
    private readonly Content content;
    private readonly byte fraction;
    private readonly TimePrecision precision;
    private readonly short offset;

    private PathValue(PathKind kind, object? reference, Content content, byte fraction = 0, TimePrecision precision = default, short offset = short.MinValue)
    {
        Kind = kind;
        this.reference = reference;
        this.content = content;
        this.fraction = fraction;
        this.precision = precision;
        this.offset = offset;
    }

    public PathKind Kind { get; }

    public bool IsElement => Kind == PathKind.Element;

    /// <summary>The element; only for <see cref="PathKind.Element"/>.</summary>
    public Element Element => Kind == PathKind.Element ? new Element((ResourceDocument)reference!, content.Index, content.Shadow) : default;

    public bool Boolean => content.Number != 0;

    public int Integer => (int)content.Number;

    /// <summary>The number of an Integer, Decimal or Quantity.</summary>
    public decimal Decimal => Kind == PathKind.Integer ? content.Number : content.Decimal;

    public string Text => reference as string ?? "";

    /// <summary>The unit of a Quantity: a UCUM code, or for a calendar duration the word in the singular.</summary>
    public string Unit => Text;

    /// <summary>True for a Quantity in calendar units such as <c>year</c>, which are not of fixed length.</summary>
    public bool IsCalendarUnit => fraction != 0;

    /// <summary>The date, dateTime or time.</summary>
    public FhirDateTime Time => new(content.Number, precision, fraction, offset == short.MinValue ? null : offset);

    /// <summary>The type of a <see cref="PathKind.Target"/>; null when the reference does not tell.</summary>
    public TypeDefinition? TargetType => reference as TypeDefinition;

    /// <summary>What a <see cref="PathKind.Type"/> names; null for anything else.</summary>
    internal TypeInfo? TypeInfo => reference as TypeInfo;

    public static PathValue Of(Element element) =>
        new(PathKind.Element, element.Document, new Content { Index = element.Index, Shadow = element.Shadow });

    public static PathValue Of(bool value) => new(PathKind.Boolean, null, new Content { Number = value ? 1 : 0 });

    public static PathValue Of(int value) => new(PathKind.Integer, null, new Content { Number = value });

    public static PathValue Of(decimal value) => new(PathKind.Decimal, null, new Content { Decimal = value });

    public static PathValue Of(string value) => new(PathKind.String, value, default);

    public static PathValue Of(FhirDateTime value, PathKind kind) =>
        new(kind, null, new Content { Number = value.WallClock }, value.FractionDigits, value.Precision, value.Offset ?? short.MinValue);

    public static PathValue OfQuantity(decimal value, string unit, bool calendar) =>
        new(PathKind.Quantity, unit, new Content { Decimal = value }, calendar ? (byte)1 : (byte)0);

    internal static PathValue OfTarget(TypeDefinition? type) => new(PathKind.Target, type, default);

    internal static PathValue Of(TypeInfo type) => new(PathKind.Type, type, default);

    /// <summary>For a message or a test: the text that <c>toString()</c> gives; of an element without a scalar value its path.</summary>
    public override string ToString() => Kind switch
    {
        PathKind.Element when Element is { HasValue: true, Kind: not (JsonKind.Object or JsonKind.Array) } scalar => scalar.AsString()!,
        PathKind.Element => Element.Path,
        PathKind.Boolean => Boolean ? "true" : "false",
        PathKind.Integer or PathKind.Decimal => Decimal.ToString(CultureInfo.InvariantCulture),
        PathKind.String => Text,
        PathKind.Quantity => Decimal.ToString(CultureInfo.InvariantCulture) + (IsCalendarUnit ? " " + Unit : " '" + Unit + "'"),
        PathKind.Date or PathKind.DateTime => TimeText.Of(Time),
        PathKind.Time => TimeText.OfTime(Time),
        PathKind.Target => TargetType?.Name ?? "",
        PathKind.Type => TypeInfo!.ToString(),
        _ => "",
    };

    // All that is not a reference, in one place: 16 bytes.
    [StructLayout(LayoutKind.Explicit)]
    private struct Content
    {
        [FieldOffset(0)]
        internal decimal Decimal;

        [FieldOffset(0)]
        internal long Number;

        [FieldOffset(0)]
        internal int Index;

        [FieldOffset(4)]
        internal int Shadow;
    }
}
