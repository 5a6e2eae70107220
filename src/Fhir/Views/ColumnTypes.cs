using Salus.Fhir.Definitions;
using Salus.Fhir.Paths;

namespace Salus.Fhir.Views;

/// <summary>Which <see cref="ColumnKind"/> a column has: by the tag <c>ansi/type</c>, else by its declared type, else by what its path gives.</summary>
internal static class ColumnTypes
{
    /// <summary>The kind of a declared type, such as <c>string</c>, <c>FHIR.string</c>, <c>System.String</c> or the address of its definition; null when it is not known.</summary>
    internal static ColumnKind? OfType(string type, FhirDefinitions definitions)
    {
        var name = type[(type.LastIndexOf('/') + 1)..];
        var system = name.StartsWith("System.", StringComparison.Ordinal);
        name = system ? name[7..] : name.StartsWith("FHIR.", StringComparison.Ordinal) ? name[5..] : name;
        if (!system && (name == "integer64" ? ColumnKind.Long : definitions.Type(name) is { } found ? OfType(found) : (ColumnKind?)null) is { } kind)
        {
            return kind;
        }

        return name switch
        {
            "Boolean" => ColumnKind.Boolean,
            "Integer" => ColumnKind.Integer,
            "Long" => ColumnKind.Long,
            "Decimal" => ColumnKind.Decimal,
            "String" or "Date" or "DateTime" or "Time" => ColumnKind.Text,
            "Quantity" => ColumnKind.Json,
            _ => null,
        };
    }

    /// <summary>What a path gives; JSON when that is not known before.</summary>
    internal static (ColumnKind Kind, string? Type) OfPath(StaticType type)
    {
        if (type.IsNothing)
        {
            return (ColumnKind.Text, null);
        }

        if (type.System is not (PathKind.None or PathKind.Target))
        {
            return (type.System switch
            {
                PathKind.Boolean => ColumnKind.Boolean,
                PathKind.Integer => ColumnKind.Integer,
                PathKind.Decimal => ColumnKind.Decimal,
                PathKind.Quantity => ColumnKind.Json,
                _ => ColumnKind.Text,
            }, $"System.{type.System}");
        }

        var kinds = type.Fhir.Select(OfType).Distinct().ToArray();
        return type.IsAny || kinds.Length != 1 ? (ColumnKind.Json, null) : (kinds[0], type.Fhir is [var only] ? only.Name : null);
    }

    /// <summary>The kind of an SQL type; null when it is not one of those.</summary>
    internal static ColumnKind? OfSql(string type)
    {
        var name = type.ToUpperInvariant();
        var bracket = name.IndexOf('(', StringComparison.Ordinal);
        name = (bracket < 0 ? name : name[..bracket]).Trim();
        return name switch
        {
            "CHARACTER" or "CHAR" or "CHARACTER VARYING" or "VARCHAR" or "TEXT" or "CLOB" or "CHARACTER LARGE OBJECT" or "TIME" => ColumnKind.Text,
            "BOOLEAN" => ColumnKind.Boolean,
            "SMALLINT" or "INTEGER" or "INT" => ColumnKind.Integer,
            "BIGINT" => ColumnKind.Long,
            "DECIMAL" or "NUMERIC" => ColumnKind.Decimal,
            "REAL" or "FLOAT" or "DOUBLE PRECISION" => ColumnKind.Double,
            "DATE" => ColumnKind.Date,
            "TIMESTAMP" or "TIMESTAMP WITH TIME ZONE" => ColumnKind.Timestamp,
            _ => null,
        };
    }

    private static ColumnKind OfType(TypeDefinition type) => type.Kind != TypeKind.Primitive ? ColumnKind.Json : type.Primitive switch
    {
        PrimitiveKind.Boolean => ColumnKind.Boolean,
        PrimitiveKind.Integer or PrimitiveKind.PositiveInt or PrimitiveKind.UnsignedInt => ColumnKind.Integer,
        PrimitiveKind.Decimal => ColumnKind.Decimal,
        _ => ColumnKind.Text,
    };
}
