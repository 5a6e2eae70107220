using System.Text;

namespace Salus.Fhir.Views;

/// <summary>Rows as JSON objects: one per line, or in one array.</summary>
internal sealed class JsonWriter : RowWriter
{
    private readonly bool array;
    private readonly byte[][] names;

    internal JsonWriter(View view, bool array)
        : base(view)
    {
        this.array = array;
        names = [.. view.Columns.Select((c, i) => Encoding.UTF8.GetBytes($"{(i == 0 ? "{" : ",")}\"{c.Name}\":"))];
    }

    public override void Begin()
    {
        if (array)
        {
            Output.Add((byte)'[');
        }
    }

    public override void End()
    {
        if (array)
        {
            Output.Add("]\n"u8);
        }
    }

    private protected override void Write(ReadOnlySpan<ViewCell> row)
    {
        if (array && Rows > 0)
        {
            Output.Add(",\n"u8);
        }

        for (var i = 0; i < row.Length; i++)
        {
            Output.Add(names[i]);
            JsonCell.Write(Output, row[i], View.Columns[i].Kind);
        }

        Output.Add(array ? "}"u8 : "}\n"u8);
    }
}
