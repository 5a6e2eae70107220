using System.Buffers.Binary;

namespace Salus.Fhir.Views.Parquet;

/// <summary>
/// Rows as Apache Parquet (https://parquet.apache.org/docs/file-format/): optional columns, lists for collections, PLAIN values in pages compressed with gzip.
/// A row group is kept in memory until it is complete.
/// </summary>
internal sealed class ParquetWriter : RowWriter
{
    internal const int Plain = 0;
    internal const int Hybrid = 3;
    private const int Gzip = 2;
    private const int GroupRows = 100_000;
    private const int GroupBytes = 16 * 1024 * 1024;

    private readonly ParquetColumn[] columns;
    private readonly List<(ColumnChunk[] Chunks, int Rows)> groups = [];
    private int rows;
    private long held;
    private long written;

    internal ParquetWriter(View view)
        : base(view) => columns = [.. view.Columns.Select(c => new ParquetColumn(c))];

    public override void Begin() => Output.Add("PAR1"u8);

    public override void Taken()
    {
        written += Output.Length;
        base.Taken();
    }

    public override void End()
    {
        Flush();
        var start = Output.Length;
        Footer(new ThriftWriter(Output));
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, Output.Length - start);
        Output.Add(length);
        Output.Add("PAR1"u8);
    }

    private protected override long Held => Output.Length + held;

    private protected override void Write(ReadOnlySpan<ViewCell> row)
    {
        for (var i = 0; i < row.Length; i++)
        {
            var before = columns[i].Bytes;
            columns[i].Add(row[i]);
            held += columns[i].Bytes - before;
        }

        // A group stays when Pending is taken, and counts for the next resource: it leaves that one three quarters of MostHeld.
        if (++rows == GroupRows || held > Math.Min(GroupBytes, MostHeld / 4))
        {
            Flush();
        }
    }

    private void Flush()
    {
        if (rows > 0)
        {
            groups.Add(([.. columns.Select(c => c.Write(Output, written))], rows));
            (rows, held) = (0, 0);
        }
    }

    // FileMetaData of parquet.thrift.
    private void Footer(ThriftWriter thrift)
    {
        thrift.Begin();
        thrift.Integer(1, 1);
        Schema(thrift);
        thrift.Long(3, Rows);
        thrift.Structs(4, groups.Count);
        foreach (var (chunks, count) in groups)
        {
            thrift.Begin();
            thrift.Structs(1, chunks.Length);
            foreach (var chunk in chunks)
            {
                Chunk(thrift, chunk);
            }

            thrift.Long(2, chunks.Sum(c => c.PlainSize));
            thrift.Long(3, count);
            thrift.End();
        }

        thrift.Text(6, "Salus");
        thrift.End();
    }

    private void Schema(ThriftWriter thrift)
    {
        thrift.Structs(2, 1 + columns.Sum(c => c.Column.Collection ? 3 : 1));
        thrift.Begin();
        thrift.Text(4, View.Name ?? "view");
        thrift.Integer(5, columns.Length);
        thrift.End();
        foreach (var column in columns)
        {
            if (column.Column.Collection)
            {
                Group(thrift, column.Column.Name, repetition: 1, list: true);
                Group(thrift, "list", repetition: 2, list: false);
            }

            thrift.Begin();
            thrift.Integer(1, column.Type);
            thrift.Integer(3, column.Column.Collection ? 0 : 1);
            thrift.Text(4, column.Column.Collection ? "element" : column.Column.Name);
            if (column.ConvertedType is { } converted)
            {
                thrift.Integer(6, converted);
            }

            if (column.Column.Kind == ColumnKind.Timestamp)
            {
                Utc(thrift);
            }

            thrift.End();
        }
    }

    // LogicalType: TIMESTAMP, adjusted to UTC, in microseconds. The older annotation does not say that it is a moment.
    private static void Utc(ThriftWriter thrift)
    {
        thrift.Begin(10);
        thrift.Begin(8);
        thrift.True(1);
        thrift.Begin(2);
        thrift.Begin(2);
        thrift.End();
        thrift.End();
        thrift.End();
        thrift.End();
    }

    private static void Group(ThriftWriter thrift, string name, int repetition, bool list)
    {
        thrift.Begin();
        thrift.Integer(3, repetition);
        thrift.Text(4, name);
        thrift.Integer(5, 1);
        if (list)
        {
            thrift.Integer(6, 3);
        }

        thrift.End();
    }

    private static void Chunk(ThriftWriter thrift, in ColumnChunk chunk)
    {
        thrift.Begin();
        thrift.Long(2, chunk.Offset);
        thrift.Begin(3);
        thrift.Integer(1, chunk.Column.Type);
        thrift.Integers(2, Plain, Hybrid);
        thrift.Texts(3, chunk.Column.Path);
        thrift.Integer(4, Gzip);
        thrift.Long(5, chunk.Values);
        thrift.Long(6, chunk.PlainSize);
        thrift.Long(7, chunk.Size);
        thrift.Long(9, chunk.Offset);
        thrift.End();
        thrift.End();
    }
}
