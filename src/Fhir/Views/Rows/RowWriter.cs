namespace Salus.Fhir.Views;

/// <summary>The forms that rows can be written in.</summary>
public enum RowFormat : byte
{
    /// <summary>RFC 4180, UTF-8, with a line of names. An empty field is null, <c>""</c> the empty text; lists are JSON arrays.</summary>
    Csv,
    /// <summary>A JSON object per line.</summary>
    Ndjson,
    /// <summary>One JSON array of objects.</summary>
    Json,
    /// <summary>Apache Parquet.</summary>
    Parquet,
}

/// <summary>
/// Writes rows as bytes: <see cref="Begin"/>, the rows, <see cref="End"/>. Take what is in <see cref="Pending"/> whenever it is enough, then <see cref="Taken"/>; memory stays bounded by that.
/// When more than <see cref="MostHeld"/> bytes came since the last such moment, the next row is refused, whichever resource it is of: the view is too costly for that one, and the rows before may have been
/// written. One thread at a time.
/// </summary>
public abstract class RowWriter : IViewRows
{
    private const int MostByDefault = 64 * 1024 * 1024;

    /// <summary>How many bytes may wait for <see cref="Taken"/>, those of an open row group of a Parquet file included; the last row may exceed it. Default: 64 MiB.</summary>
    public int MostHeld { get; private init; } = MostByDefault;

    private protected RowWriter(View view) => View = view;

    private protected View View { get; }

    private protected RowBuffer Output { get; } = new();

    /// <summary>Bytes that are ready to go.</summary>
    public ReadOnlyMemory<byte> Pending => Output.Memory;

    /// <summary>How many rows came.</summary>
    public long Rows { get; private set; }

    /// <summary>A writer of a view's rows.</summary>
    /// <param name="format">The form.</param>
    /// <param name="view">Whose rows will come.</param>
    /// <param name="header">Whether CSV begins with the names of the columns.</param>
    /// <param name="most">How many bytes may wait for <see cref="Taken"/>.</param>
    public static RowWriter Create(RowFormat format, View view, bool header = true, int most = MostByDefault) => format switch
    {
        RowFormat.Csv => new CsvWriter(view, header) { MostHeld = most },
        RowFormat.Ndjson => new JsonWriter(view, array: false) { MostHeld = most },
        RowFormat.Json => new JsonWriter(view, array: true) { MostHeld = most },
        _ => new Parquet.ParquetWriter(view) { MostHeld = most },
    };

    /// <summary>The media type of a form.</summary>
    public static string MediaType(RowFormat format) => format switch
    {
        RowFormat.Csv => "text/csv; charset=utf-8",
        RowFormat.Ndjson => "application/x-ndjson",
        RowFormat.Json => "application/json",
        _ => "application/vnd.apache.parquet",
    };

    /// <summary>Writes what stands before the rows.</summary>
    public abstract void Begin();

    /// <inheritdoc/>
    public void Add(ReadOnlySpan<ViewCell> row)
    {
        if (Held > MostHeld)
        {
            throw new ViewFault("too-costly", "ViewDefinition.select", $"The rows of one resource take more than {MostHeld:N0} bytes. Leave large values out, such as the data of attachments, or make fewer rows of them");
        }

        Write(row);
        Rows++;
    }

    /// <summary>Bytes that wait: for <see cref="Taken"/>, or for the rest of a page.</summary>
    private protected virtual long Held => Output.Length;

    /// <summary>Writes what stands after the rows. Nothing may come after it.</summary>
    public abstract void End();

    /// <summary>Says that <see cref="Pending"/> has gone.</summary>
    public virtual void Taken() => Output.Clear();

    private protected abstract void Write(ReadOnlySpan<ViewCell> row);
}
