using Npgsql;
using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Sealing;

/// <summary>The one way by which a stored body leaves the database for anything but index and checks: opened.</summary>
internal static class StoredBodies
{
    /// <summary>A column with a body of this resource, as it is served.</summary>
    /// <exception cref="UnsealedException">A value in it cannot be opened.</exception>
    public static byte[] Body(this NpgsqlDataReader reader, int column, Catalog catalog, Tenant tenant, string type, string id)
    {
        var body = reader.GetFieldValue<byte[]>(column);
        return catalog.Seals?.Open(new SealPlace(tenant, type, id), body) ?? body;
    }

    /// <summary>The same for tables that others read: without what is sealed, unless the options allow it.</summary>
    /// <exception cref="UnsealedException">A value in it cannot be opened.</exception>
    public static byte[] VeiledBody(this NpgsqlDataReader reader, int column, Catalog catalog, Tenant tenant, string type, string id)
    {
        var body = reader.GetFieldValue<byte[]>(column);
        return catalog.Seals?.Veil(new SealPlace(tenant, type, id), body) ?? body;
    }
}
