using Salus.Fhir.Paths;
using Salus.Fhir.Primitives;

namespace Salus.Fhir.Views;

/// <summary>Writes values as text without quotes: what CSV and text columns hold.</summary>
internal static class PlainCell
{
    internal static void Write(RowBuffer output, in PathValue value, ColumnKind kind)
    {
        switch (kind)
        {
            case ColumnKind.Text when value.Kind == PathKind.Element:
                output.Add(value.Element.Text);
                break;
            case ColumnKind.Text:
                output.Add(CellValue.Text(value));
                break;
            case ColumnKind.Date:
                output.Add(TimeText.Of(new FhirDateTime(new ViewCell(value).Days * FhirDateTime.Day, TimePrecision.Day, 0, null)));
                break;
            case ColumnKind.Timestamp:
                output.Add(TimeText.Of(new FhirDateTime(new ViewCell(value).Microseconds, TimePrecision.Fraction, 6, 0)));
                break;
            // A JSON string without its quotes is what a person expects of a path that gives text.
            case ColumnKind.Json when value.Kind == PathKind.Element ? value.Element.Kind == Json.JsonKind.String : value.Kind is PathKind.String or PathKind.Date or PathKind.DateTime or PathKind.Time:
                Write(output, value, ColumnKind.Text);
                break;
            default:
                JsonCell.Write(output, value, kind);
                break;
        }
    }
}
