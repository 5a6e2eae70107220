using System.Text;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;

namespace Salus.Fhir.Views;

/// <summary>Writes values as JSON.</summary>
internal static class JsonCell
{
    internal static void Write(RowBuffer output, in ViewCell cell, ColumnKind kind)
    {
        if (cell.Items is not { } items)
        {
            if (cell.IsNull)
            {
                output.Add("null"u8);
            }
            else
            {
                Write(output, cell.Value, kind);
            }

            return;
        }

        output.Add((byte)'[');
        for (var i = 0; i < items.Length; i++)
        {
            if (i > 0)
            {
                output.Add((byte)',');
            }

            Write(output, items[i], kind);
        }

        output.Add((byte)']');
    }

    internal static void Write(RowBuffer output, in PathValue value, ColumnKind kind)
    {
        switch (kind)
        {
            case ColumnKind.Text:
                Text(output, value);
                break;
            case ColumnKind.Boolean:
                output.Add(new ViewCell(value).Boolean ? "true"u8 : "false"u8);
                break;
            case ColumnKind.Integer or ColumnKind.Long:
                output.Add(new ViewCell(value).Integer);
                break;
            case ColumnKind.Decimal when value.Kind == PathKind.Element:
                // As it was sent: 1.0 stays 1.0.
                output.Add(value.Element.RawUtf8);
                break;
            case ColumnKind.Decimal:
                output.Add(value.Decimal);
                break;
            case ColumnKind.Double:
                output.Add(new ViewCell(value).Double);
                break;
            case ColumnKind.Date or ColumnKind.Timestamp:
                output.Add((byte)'"');
                PlainCell.Write(output, value, kind);
                output.Add((byte)'"');
                break;
            default:
                Any(output, value);
                break;
        }
    }

    private static void Text(RowBuffer output, in PathValue value)
    {
        output.Add((byte)'"');
        if (value.Kind == PathKind.Element)
        {
            // JSON to JSON: escapes stay as they are.
            output.Add(value.Element.RawUtf8);
        }
        else
        {
            Escaped(output, CellValue.Text(value));
        }

        output.Add((byte)'"');
    }

    private static void Any(RowBuffer output, in PathValue value)
    {
        switch (value.Kind)
        {
            case PathKind.Element when value.Element.Kind is JsonKind.Object or JsonKind.Array:
                output.Add(ResourceRewriter.Copy(value.Element));
                break;
            case PathKind.Element when value.Element.Kind == JsonKind.String:
                Text(output, value);
                break;
            case PathKind.Element:
                output.Add(value.Element.RawUtf8);
                break;
            case PathKind.Boolean:
                Write(output, value, ColumnKind.Boolean);
                break;
            case PathKind.Integer or PathKind.Decimal:
                output.Add(value.Decimal);
                break;
            case PathKind.Quantity:
                output.Add("{\"value\":"u8);
                output.Add(value.Decimal);
                output.Add(",\"unit\":\""u8);
                Escaped(output, value.Unit);
                output.Add("\"}"u8);
                break;
            default:
                Text(output, value);
                break;
        }
    }

    private static void Escaped(RowBuffer output, string text)
    {
        var from = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is >= ' ' and not ('"' or '\\'))
            {
                continue;
            }

            output.Add(text[from..i]);
            from = i + 1;
            switch (text[i])
            {
                case '"':
                    output.Add("\\\""u8);
                    break;
                case '\\':
                    output.Add("\\\\"u8);
                    break;
                default:
                    output.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"\\u{(int)text[i]:x4}"));
                    break;
            }
        }

        output.Add(from == 0 ? text : text[from..]);
    }
}
