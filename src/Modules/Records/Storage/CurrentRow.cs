using Npgsql;
using Salus.Kernel;

namespace Salus.Records.Storage;

/// <summary>A resource's identity in the tables.</summary>
internal readonly record struct ResourceName(Tenant Tenant, short Type, string Id);

/// <summary>What is current of a resource.</summary>
internal readonly record struct CurrentRow(long Key, int Version, bool Deleted)
{
    /// <summary>Whose it is, and of a row that this commit changes whose it was; null where that was not asked.</summary>
    public IReadOnlyCollection<string>? Patients { get; init; }

    /// <summary>Asks for the current rows of these resources, tenants and types mixed.</summary>
    public static NpgsqlBatchCommand Query(IReadOnlyCollection<ResourceName> names) => new(
        """
        select c.tenant, c.type, c.id, c.key, c.version, c.deleted, c.patients
        from unnest($1, $2, $3) n (tenant, type, id) join records.current c on c.tenant = n.tenant and c.type = n.type and c.id = n.id
        """)
    {
        Parameters =
        {
            new NpgsqlParameter<int[]> { TypedValue = [.. names.Select(n => n.Tenant.Number)] },
            new NpgsqlParameter<short[]> { TypedValue = [.. names.Select(n => n.Type)] },
            new NpgsqlParameter<string[]> { TypedValue = [.. names.Select(n => n.Id)] },
        },
    };

    public static async Task<Dictionary<ResourceName, CurrentRow>> ReadAsync(NpgsqlDataReader reader)
    {
        var rows = new Dictionary<ResourceName, CurrentRow>();
        while (await reader.ReadAsync())
        {
            rows[new ResourceName(new Tenant(reader.GetInt32(0)), reader.GetInt16(1), reader.GetString(2))] =
                new CurrentRow(reader.GetInt64(3), reader.GetInt32(4), reader.GetBoolean(5)) { Patients = reader.IsDBNull(6) ? null : reader.GetFieldValue<string[]>(6) };
        }

        return rows;
    }
}
