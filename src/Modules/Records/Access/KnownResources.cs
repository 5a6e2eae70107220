using Npgsql;
using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Access;

/// <summary>Which resources there are, for those who do not know the record.</summary>
internal sealed class KnownResources(Database database, Catalog catalog) : IKnownResources
{
    public async ValueTask<bool> ExistsAsync(Tenant tenant, string type, string id, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("select exists (select from records.current where tenant = $1 and type = $2 and id = $3 and not deleted)");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = tenant.Number });
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = catalog.Number(type) });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
        return await command.ExecuteScalarAsync(ct) is true;
    }
}
