using Npgsql;
using Salus.Access.OAuth;
using Salus.Kernel;

namespace Salus.Access.Apps;

/// <summary>The table of registered apps.</summary>
internal sealed class ClientStore(Database database, Revocations revocations)
{
    private const string Columns = "id, tenant, name, kind, redirect_uris, launch_uri, url, scopes, secret_hash, jwks, jwks_url, state, created_at, version";

    /// <summary>An app by its id, disabled ones too; null when there is none.</summary>
    public Task<Client?> FindAsync(string id, CancellationToken ct) =>
        // What cannot be an id is not asked for: PostgreSQL refuses texts with NUL.
        id.Length is 0 or > 100 || id.Any(char.IsControl) ? Task.FromResult<Client?>(null) : database.Source.FirstAsync($"select {Columns} from access.client where id = $1", Read, ct, id);

    public Task<List<Client>> ListAsync(Tenant tenant, CancellationToken ct) =>
        database.Source.ListAsync($"select {Columns} from access.client where tenant = $1 order by name, id", Read, ct, tenant.Number);

    /// <summary>False when the id is taken.</summary>
    public async Task<bool> AddAsync(Client client, string by, CancellationToken ct) => await database.Source.RunAsync(
        """
        insert into access.client (id, tenant, name, kind, redirect_uris, launch_uri, url, scopes, secret_hash, jwks, jwks_url, state, created_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) on conflict (id) do nothing
        """,
        ct, [client.Id, client.Tenant.Number, .. Changeable(client), client.CreatedAt, by]) == 1;

    /// <summary>False when somebody else changed it meanwhile, or it is gone.</summary>
    public async Task<bool> UpdateAsync(Client client, CancellationToken ct) => Noticed(await database.Source.RunAsync(
        """
        update access.client set name = $3, kind = $4, redirect_uris = $5, launch_uri = $6, url = $7, scopes = $8, secret_hash = $9, jwks = $10, jwks_url = $11, state = $12, version = version + 1
        where id = $1 and tenant = $2 and version = $13
        """,
        ct, [client.Id, client.Tenant.Number, .. Changeable(client), client.Version]));

    /// <summary>Removes it with everything that was issued to it.</summary>
    public async Task<bool> RemoveAsync(Tenant tenant, string id, CancellationToken ct) =>
        Noticed(await database.Source.RunAsync("delete from access.client where id = $1 and tenant = $2", ct, id, tenant.Number));

    private bool Noticed(int changed)
    {
        revocations.Add();
        return changed == 1;
    }

    private static object?[] Changeable(Client client) =>
    [
        client.Name, client.Kind.ToString().ToLowerInvariant(), client.RedirectUris.ToArray(), client.LaunchUri, client.Url, client.Scopes.Texts.ToArray(), client.SecretHash, client.Jwks, client.JwksUrl,
        client.Active ? "active" : "disabled",
    ];

    private static Client Read(NpgsqlDataReader rows) => new(rows.GetString(0), new Tenant(rows.GetInt32(1)), rows.GetString(2), Enum.Parse<ClientKind>(rows.GetString(3), ignoreCase: true))
    {
        RedirectUris = rows.GetFieldValue<string[]>(4),
        LaunchUri = rows.Text(5),
        Url = rows.Text(6),
        Scopes = ScopeSet.Of(rows.GetFieldValue<string[]>(7)),
        SecretHash = rows.IsDBNull(8) ? null : rows.GetFieldValue<byte[]>(8),
        Jwks = rows.Text(9),
        JwksUrl = rows.Text(10),
        Active = rows.GetString(11) == "active",
        CreatedAt = rows.Time(12),
        Version = rows.GetInt32(13),
    };
}
