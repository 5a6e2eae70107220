using System.Collections.Concurrent;
using Npgsql;
using Salus.Kernel;

namespace Salus.Access.Tenants;

/// <summary>An organization whose record is apart from that of others.</summary>
/// <param name="Accounts">How many accounts it has.</param>
internal sealed record TenantRow(int Number, string Name, long Accounts);

/// <summary>The tenants of this installation. None is ever taken away: its audit trail has to stay.</summary>
internal sealed class TenantTable(Database database)
{
    private readonly ConcurrentDictionary<int, bool> known = new();

    /// <summary>All of them, in the order they were made.</summary>
    public Task<List<TenantRow>> ListAsync(CancellationToken ct) => database.Source.ListAsync(
        "select t.number, t.name, (select count(*) from access.account a where a.tenant = t.number) as accounts from access.tenant t order by t.number",
        row => new TenantRow(row.Get<int>("number"), row.Get<string>("name")!, row.Get<long>("accounts")), ct);

    public async ValueTask<bool> ExistsAsync(Tenant tenant, CancellationToken ct)
    {
        if (known.ContainsKey(tenant.Number))
        {
            return true;
        }

        return await database.Source.ScalarAsync<bool>("select exists (select from access.tenant where number = $1)", ct, tenant.Number) && (known[tenant.Number] = true);
    }

    /// <summary>Makes one, with the next number. What it needs in the database is made when it is first asked for something.</summary>
    /// <returns>Conflict where another one has the name.</returns>
    public Task<Outcome<int>> AddAsync(string name, CancellationToken ct) => NamedAsync(
        name, "insert into access.tenant (number, name) select max(number) + 1, $1 from access.tenant returning number", ct, name);

    /// <summary>Gives it another name.</summary>
    /// <returns>Conflict where another one has the name; NotFound where there is no such tenant.</returns>
    public Task<Outcome<int>> RenameAsync(Tenant tenant, string name, CancellationToken ct) => NamedAsync(
        name, "update access.tenant set name = $2 where number = $1 returning number", ct, tenant.Number, name);

    private async Task<Outcome<int>> NamedAsync(string name, string sql, CancellationToken ct, params object?[] values)
    {
        await using var connection = await database.Source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        // Two at once get two numbers.
        await connection.RunAsync("select pg_advisory_xact_lock(hashtextextended('salus.access.tenants', 0))", ct);
        try
        {
            var numbers = await connection.ListAsync(sql, row => row.GetInt32(0), ct, values);
            await transaction.CommitAsync(ct);
            return numbers.Count == 1 ? numbers[0] : new Failure(FailureKind.NotFound, "not-found", "There is no such tenant. GET /admin/access/tenants lists those that there are.");
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return new Failure(FailureKind.Conflict, "duplicate", $"Another tenant is called {name}. Choose a name that people can tell from it.", "name");
        }
    }
}
