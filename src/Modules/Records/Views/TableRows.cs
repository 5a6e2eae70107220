using Npgsql;
using NpgsqlTypes;
using Salus.Fhir.Views;

namespace Salus.Records.Views;

/// <summary>Rows on their way into a view's table, by COPY.</summary>
internal sealed class TableRows(NpgsqlBinaryImporter importer, View view) : IViewRows, IAsyncDisposable
{
    /// <summary>The key of the resource whose rows come now.</summary>
    public long Key { get; set; }

    /// <inheritdoc/>
    public void Add(ReadOnlySpan<ViewCell> row)
    {
        importer.StartRow();
        importer.Write(Key, NpgsqlDbType.Bigint);
        for (var i = 0; i < row.Length; i++)
        {
            var column = view.Columns[i];
            if (row[i].IsNull)
            {
                importer.WriteNull();
            }
            else if (column.Collection)
            {
                List(row[i], column.Kind);
            }
            else
            {
                Single(row[i], column.Kind);
            }
        }
    }

    /// <summary>Makes the rows part of the transaction; without it they are given up.</summary>
    public async Task CompleteAsync(CancellationToken ct) => await importer.CompleteAsync(ct);

    public ValueTask DisposeAsync() => importer.DisposeAsync();

    private void Single(in ViewCell cell, ColumnKind kind)
    {
        switch (kind)
        {
            case ColumnKind.Boolean:
                importer.Write(cell.Boolean, NpgsqlDbType.Boolean);
                break;
            case ColumnKind.Integer:
                importer.Write((int)cell.Integer, NpgsqlDbType.Integer);
                break;
            case ColumnKind.Long:
                importer.Write(cell.Integer, NpgsqlDbType.Bigint);
                break;
            case ColumnKind.Decimal:
                importer.Write(cell.Decimal, NpgsqlDbType.Numeric);
                break;
            case ColumnKind.Double:
                importer.Write(cell.Double, NpgsqlDbType.Double);
                break;
            case ColumnKind.Date:
                importer.Write(Day(cell), NpgsqlDbType.Date);
                break;
            case ColumnKind.Timestamp:
                importer.Write(Moment(cell), NpgsqlDbType.TimestampTz);
                break;
            case ColumnKind.Json:
                importer.Write(cell.Json, NpgsqlDbType.Jsonb);
                break;
            default:
                importer.Write(cell.Text, NpgsqlDbType.Text);
                break;
        }
    }

    private void List(in ViewCell cell, ColumnKind kind)
    {
        switch (kind)
        {
            case ColumnKind.Boolean:
                Write(cell, kind, static c => c.Boolean);
                break;
            case ColumnKind.Integer:
                Write(cell, kind, static c => (int)c.Integer);
                break;
            case ColumnKind.Long:
                Write(cell, kind, static c => c.Integer);
                break;
            case ColumnKind.Decimal:
                Write(cell, kind, static c => c.Decimal);
                break;
            case ColumnKind.Double:
                Write(cell, kind, static c => c.Double);
                break;
            case ColumnKind.Date:
                Write(cell, kind, static c => Day(c));
                break;
            case ColumnKind.Timestamp:
                Write(cell, kind, static c => Moment(c));
                break;
            case ColumnKind.Json:
                Write(cell, kind, static c => c.Json);
                break;
            default:
                Write(cell, kind, static c => c.Text);
                break;
        }
    }

    private void Write<T>(in ViewCell cell, ColumnKind kind, Func<ViewCell, T> value)
    {
        var values = new T[cell.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = value(cell[i]);
        }

        importer.Write(values, NpgsqlDbType.Array | ViewTable.DbType(kind));
    }

    // PostgreSQL's own numbers, which count from 2000. The types of .NET end where FHIR's do in UTC: an offset leads over the edge, and Npgsql takes their last day for infinity.
    private static int Day(in ViewCell cell) => cell.Days - 10_957;

    private static long Moment(in ViewCell cell) => cell.Microseconds - 946_684_800_000_000;
}
