using System.Buffers;

namespace Salus.Fhir.Views;

/// <summary>Rows as CSV (RFC 4180).</summary>
internal sealed class CsvWriter(View view, bool header) : RowWriter(view)
{
    private static readonly SearchValues<byte> Special = SearchValues.Create(",\"\r\n"u8);
    private readonly RowBuffer field = new();

    public override void Begin()
    {
        if (header)
        {
            Output.Add(string.Join(',', View.Columns.Select(c => c.Name)));
            Output.Add("\r\n"u8);
        }
    }

    public override void End()
    {
    }

    private protected override void Write(ReadOnlySpan<ViewCell> row)
    {
        for (var i = 0; i < row.Length; i++)
        {
            if (i > 0)
            {
                Output.Add((byte)',');
            }

            if (!row[i].IsNull)
            {
                Field(row[i], View.Columns[i].Kind);
            }
        }

        Output.Add("\r\n"u8);
    }

    private void Field(in ViewCell cell, ColumnKind kind)
    {
        field.Clear();
        if (cell.Items is null)
        {
            PlainCell.Write(field, cell.Value, kind);
        }
        else
        {
            JsonCell.Write(field, cell, kind);
        }

        var text = field.Written;
        // What is empty is quoted: nothing between two commas is null.
        if (text.Length > 0 && text.IndexOfAny(Special) < 0)
        {
            Output.Add(text);
            return;
        }

        Output.Add((byte)'"');
        for (int quote; (quote = text.IndexOf((byte)'"')) >= 0; text = text[(quote + 1)..])
        {
            Output.Add(text[..(quote + 1)]);
            Output.Add((byte)'"');
        }

        Output.Add(text);
        Output.Add((byte)'"');
    }
}
