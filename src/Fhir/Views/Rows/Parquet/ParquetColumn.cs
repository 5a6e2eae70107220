using System.Buffers.Binary;
using System.IO.Compression;

namespace Salus.Fhir.Views.Parquet;

/// <summary>The values of one column in the row group that is being made: PLAIN, with levels for nulls and lists.</summary>
internal sealed class ParquetColumn
{
    private readonly RowBuffer values = new();
    private readonly Levels definitions;
    private readonly Levels? repetitions;
    private byte bits;
    private int bitCount;

    internal ParquetColumn(ViewColumn column)
    {
        Column = column;
        // A list is null, empty, or has values: three levels. A single value is null or there: two.
        definitions = new Levels(column.Collection ? 2 : 1);
        repetitions = column.Collection ? new Levels(1) : null;
    }

    internal ViewColumn Column { get; }

    internal int Bytes => values.Length + definitions.Count;

    internal int Type => Column.Kind switch
    {
        ColumnKind.Boolean => 0,
        ColumnKind.Integer or ColumnKind.Date => 1,
        ColumnKind.Long or ColumnKind.Timestamp => 2,
        ColumnKind.Decimal or ColumnKind.Double => 5,
        _ => 6,
    };

    /// <summary>The annotation of the type; null for none.</summary>
    internal int? ConvertedType => Column.Kind switch
    {
        ColumnKind.Text or ColumnKind.Json => 0,
        ColumnKind.Date => 6,
        ColumnKind.Timestamp => 10,
        _ => null,
    };

    internal string[] Path => Column.Collection ? [Column.Name, "list", "element"] : [Column.Name];

    internal void Add(in ViewCell cell)
    {
        if (repetitions is null)
        {
            definitions.Add(cell.IsNull ? (byte)0 : (byte)1);
            if (!cell.IsNull)
            {
                Value(cell);
            }

            return;
        }

        if (cell.Count == 0)
        {
            repetitions.Add(0);
            definitions.Add(cell.IsNull ? (byte)0 : (byte)1);
        }

        for (var i = 0; i < cell.Count; i++)
        {
            repetitions.Add(i == 0 ? (byte)0 : (byte)1);
            definitions.Add(2);
            Value(cell[i]);
        }
    }

    /// <summary>Appends the column's page to the file and begins anew.</summary>
    internal ColumnChunk Write(RowBuffer file, long before)
    {
        var page = new RowBuffer();
        repetitions?.Write(page);
        definitions.Write(page);
        if (bitCount > 0)
        {
            values.Add(bits);
        }

        page.Add(values.Written);
        var compressed = Compressed(page);
        var start = file.Length;
        Header(file, page.Length, compressed.Length);
        var header = file.Length - start;
        file.Add(compressed);
        var chunk = new ColumnChunk(this, before + start, definitions.Count, header + page.Length, header + compressed.Length);
        values.Clear();
        definitions.Clear();
        repetitions?.Clear();
        (bits, bitCount) = (0, 0);
        return chunk;
    }

    private void Value(in ViewCell cell)
    {
        Span<byte> number = stackalloc byte[8];
        switch (Column.Kind)
        {
            case ColumnKind.Boolean:
                bits |= (byte)((cell.Boolean ? 1 : 0) << bitCount);
                if (++bitCount == 8)
                {
                    values.Add(bits);
                    (bits, bitCount) = (0, 0);
                }

                break;
            case ColumnKind.Integer or ColumnKind.Date:
                BinaryPrimitives.WriteInt32LittleEndian(number, Column.Kind == ColumnKind.Date ? cell.Days : (int)cell.Integer);
                values.Add(number[..4]);
                break;
            case ColumnKind.Long or ColumnKind.Timestamp:
                BinaryPrimitives.WriteInt64LittleEndian(number, Column.Kind == ColumnKind.Timestamp ? cell.Microseconds : cell.Integer);
                values.Add(number);
                break;
            case ColumnKind.Decimal or ColumnKind.Double:
                // A decimal of Parquet has one scale for the whole column, and FHIR's decimals have each their own.
                BinaryPrimitives.WriteDoubleLittleEndian(number, cell.Double);
                values.Add(number);
                break;
            default:
                var length = values.Reserve();
                PlainCell.Write(values, cell.Value, Column.Kind);
                values.Close(length);
                break;
        }
    }

    // PageHeader of parquet.thrift: a data page of the first version.
    private void Header(RowBuffer file, int plain, int compressed)
    {
        var thrift = new ThriftWriter(file);
        thrift.Begin();
        thrift.Integer(1, 0);
        thrift.Integer(2, plain);
        thrift.Integer(3, compressed);
        thrift.Begin(5);
        thrift.Integer(1, definitions.Count);
        thrift.Integer(2, ParquetWriter.Plain);
        thrift.Integer(3, ParquetWriter.Hybrid);
        thrift.Integer(4, ParquetWriter.Hybrid);
        thrift.End();
        thrift.End();
    }

    private static ReadOnlySpan<byte> Compressed(RowBuffer page)
    {
        var bytes = new MemoryStream(page.Length / 2);
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(page.Written);
        }

        return bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
    }
}

/// <summary>Where the values of one column of one row group stand in the file.</summary>
internal readonly record struct ColumnChunk(ParquetColumn Column, long Offset, int Values, long PlainSize, long Size);
