using Salus.Fhir.Definitions;

namespace Salus.Fhir.Paths;

/// <summary>A set of the kinds of value that operators and functions tell apart.</summary>
[Flags]
internal enum Kinds : ushort
{
    None = 0,
    Boolean = 1,
    Integer = 2,
    Decimal = 4,
    String = 8,
    Date = 16,
    DateTime = 32,
    Time = 64,
    Quantity = 128,
    /// <summary>An element that is no System value, such as a HumanName.</summary>
    Other = 256,
    Number = Integer | Decimal,
    Day = Date | DateTime,
    Temporal = Day | Time,
    All = 511,
}

/// <summary>Finds the kinds that a type can have where an operator needs a value.</summary>
internal static class KindsOf
{
    internal static Kinds Of(StaticType type)
    {
        if (type.IsAny)
        {
            return Kinds.All;
        }

        if (type.System != PathKind.None)
        {
            return Of(type.System);
        }

        var kinds = Kinds.None;
        foreach (var one in type.Fhir)
        {
            kinds |= Of(one);
        }

        return kinds;
    }

    internal static Kinds Of(PathKind kind) => kind switch
    {
        PathKind.Boolean => Kinds.Boolean,
        PathKind.Integer => Kinds.Integer,
        PathKind.Decimal => Kinds.Decimal,
        PathKind.String => Kinds.String,
        PathKind.Date => Kinds.Date,
        PathKind.DateTime => Kinds.DateTime,
        PathKind.Time => Kinds.Time,
        PathKind.Quantity => Kinds.Quantity,
        _ => Kinds.Other,
    };

    private static Kinds Of(TypeDefinition type) => type.Kind switch
    {
        TypeKind.Primitive => Of(type.Primitive),
        TypeKind.Complex when type.Is("Quantity") => Kinds.Quantity,
        TypeKind.Complex when type.IsAbstract => Kinds.All,
        _ => Kinds.Other,
    };

    private static Kinds Of(PrimitiveKind kind) => kind switch
    {
        PrimitiveKind.Boolean => Kinds.Boolean,
        PrimitiveKind.Integer or PrimitiveKind.PositiveInt or PrimitiveKind.UnsignedInt => Kinds.Integer,
        PrimitiveKind.Decimal => Kinds.Decimal,
        PrimitiveKind.Date => Kinds.Date,
        PrimitiveKind.DateTime or PrimitiveKind.Instant => Kinds.DateTime,
        PrimitiveKind.Time => Kinds.Time,
        _ => Kinds.String,
    };
}
