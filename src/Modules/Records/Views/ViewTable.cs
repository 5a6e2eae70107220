using Npgsql;
using NpgsqlTypes;
using Salus.Fhir.Views;

namespace Salus.Records.Views;

/// <summary>
/// The table of a view: <c>views._number_generation</c>, with the resource's key and a column <c>c0</c>, <c>c1</c>... for each of the view's. When it is complete,
/// a view of the database with the view's own name and columns stands in front of it. No name in its SQL is free text.
/// </summary>
internal sealed class ViewTable(StoredView stored, View view)
{
    /// <summary>The longest name that PostgreSQL keeps.</summary>
    public const int LongestName = 63;

    private string Table => $"views._{stored.Number}_{stored.Generation}";

    public string InsertSql => $"copy {Table} (key{string.Concat(view.Columns.Select((_, i) => $", c{i}"))}) from stdin (format binary)";

    public string DeleteSql => $"delete from {Table} where key = any($1)";

    public string CreateSql =>
        $"create table {Table} (key bigint not null{string.Concat(view.Columns.Select((c, i) => $", c{i} {SqlType(c)}"))}); create index on {Table} (key)";

    public string PublishSql =>
        $"create view {Published(view.Name!)} as select {string.Join(", ", view.Columns.Select((c, i) => $"c{i} as \"{c.Name}\""))} from {Table}; analyze {Table}";

    /// <summary>Takes away the table of a stored view and what stands in front of it.</summary>
    public static string DropSql(StoredView stored) =>
        $"{(stored.Name is null ? "" : $"drop view if exists {Published(stored.Name)};")} drop table if exists views._{stored.Number}_{stored.Generation}";

    /// <summary>The same for a view that failed: what somebody built on it must not hold up the feed, so the table is emptied where it cannot go.</summary>
    public static string AbandonSql(StoredView stored) =>
        $"do $$ begin {DropSql(stored)}; exception when dependent_objects_still_exist then truncate views._{stored.Number}_{stored.Generation}; end $$";

    /// <summary>The name to read it by. Names are letters, digits and underscores (<see cref="View.Name"/>); quoted, they keep their case.</summary>
    public static string Published(string name) => name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
        ? $"views.\"{name}\""
        : throw new InvalidOperationException($"'{name}' is no name of a view.");

    /// <summary>Null, or why it cannot be a table of PostgreSQL.</summary>
    public static string? Unfit(View view) =>
        view.Name is null ? "ViewDefinition.name: An active view needs a name: its table gets it. Add one, or set the status to draft."
        : view.Name.Length > LongestName ? $"ViewDefinition.name: The name has {view.Name.Length} characters; a table's may have {LongestName}."
        : view.Columns.FirstOrDefault(c => c.Name.Length > LongestName) is { } column ? $"ViewDefinition.select: The column '{column.Name}' has {column.Name.Length} characters; a table's may have {LongestName}."
        : null;

    public static NpgsqlDbType DbType(ColumnKind kind) => kind switch
    {
        ColumnKind.Boolean => NpgsqlDbType.Boolean,
        ColumnKind.Integer => NpgsqlDbType.Integer,
        ColumnKind.Long => NpgsqlDbType.Bigint,
        ColumnKind.Decimal => NpgsqlDbType.Numeric,
        ColumnKind.Double => NpgsqlDbType.Double,
        ColumnKind.Date => NpgsqlDbType.Date,
        ColumnKind.Timestamp => NpgsqlDbType.TimestampTz,
        ColumnKind.Json => NpgsqlDbType.Jsonb,
        _ => NpgsqlDbType.Text,
    };

    private static string SqlType(ViewColumn column) => column.Kind switch
    {
        ColumnKind.Boolean => "boolean",
        ColumnKind.Integer => "integer",
        ColumnKind.Long => "bigint",
        ColumnKind.Decimal => "numeric",
        ColumnKind.Double => "double precision",
        ColumnKind.Date => "date",
        ColumnKind.Timestamp => "timestamptz",
        ColumnKind.Json => "jsonb",
        _ => "text",
    } + (column.Collection ? "[]" : "");

    /// <summary>Begins to put rows in, on the connection's transaction.</summary>
    public TableRows Insert(NpgsqlConnection connection) => new(connection.BeginBinaryImport(InsertSql), view);
}
