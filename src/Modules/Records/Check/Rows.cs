using Npgsql;
using Salus.Kernel;

namespace Salus.Records.Check;

/// <summary>What log and current row of a resource have in common.</summary>
internal readonly record struct VersionRow(long Key, long Position, DateTime At, int Tenant, int Version, short Type, bool Deleted, string Id)
{
    public const string CurrentColumns = "c.key, c.position, c.at, c.tenant, c.version, c.type, c.deleted, c.id";

    public static VersionRow Read(NpgsqlDataReader reader) => new(
        reader.GetInt64(0), reader.GetInt64(1), reader.GetDateTime(2), reader.GetInt32(3), reader.GetInt32(4), reader.GetInt16(5), reader.GetBoolean(6), reader.GetString(7));
}

/// <summary>A row of <c>records.log</c> without its body.</summary>
/// <param name="BodyBytes">Length of the body; null when there is none.</param>
internal readonly record struct LogRow(VersionRow Version, short Operation, long? BodyBytes)
{
    public const string Columns = "l.key, l.position, l.at, l.tenant, l.version, l.type, l.operation, l.id, octet_length(l.body)";

    public bool Is(FeedOperation operation) => Operation == (short)operation;

    public static LogRow Read(NpgsqlDataReader reader)
    {
        var operation = reader.GetInt16(6);
        var version = new VersionRow(
            reader.GetInt64(0), reader.GetInt64(1), reader.GetDateTime(2), reader.GetInt32(3), reader.GetInt32(4), reader.GetInt16(5),
            operation == (short)FeedOperation.Delete, reader.GetString(7));
        return new LogRow(version, operation, reader.IsDBNull(8) ? null : reader.GetInt32(8));
    }
}
