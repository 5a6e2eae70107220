using Npgsql;
using Salus.Kernel;

namespace Salus.Access.Accounts.Administration;

/// <summary>Which users a list asks for.</summary>
internal sealed record UserQuery(string? Text, string? State, int Count, Guid? After);

/// <summary>What an administrator may change of an account.</summary>
internal sealed record UserProfile(string Name, IReadOnlyList<string> Roles, string? Person, IReadOnlyList<string> Wards);

/// <summary>
/// What an administrator does with accounts of their own tenant. Whatever could take the last administrator away, or give two accounts one person, takes turns, so that two at once do not do it together.
/// </summary>
internal sealed class UserAdministration(Database database, AccountTable table, AccountDirectory directory)
{
    private const string LastAdministrator = "This is the last administrator who can sign in. Make another one first.";

    private NpgsqlDataSource Source => database.Source;

    /// <summary>The users in the order they were made.</summary>
    public Task<List<User>> ListAsync(Tenant tenant, UserQuery query, CancellationToken ct) => Source.ListAsync(
        $"""
        select {AccountTable.Columns} from access.account a
        where a.tenant = $1 and ($2::text is null or a.state = $2) and ($3::text is null or strpos(lower(a.name), lower($3)) > 0 or strpos(a.user_key, upper($3)) > 0)
          and ($4::uuid is null or a.id > $4)
        order by a.id limit $5
        """,
        AccountTable.Row, ct, tenant.Number, query.State, query.Text, query.After, query.Count);

    public async Task<User?> FindAsync(Tenant tenant, Guid id, CancellationToken ct) =>
        await Source.FirstAsync($"select {AccountTable.Columns} from access.account a where a.id = $1 and a.tenant = $2", AccountTable.Row, ct, id, tenant.Number);

    /// <summary>Makes an account; a failure when its person has another one, or its user name is taken.</summary>
    public async Task<Outcome<User>> AddAsync(User user, CancellationToken ct)
    {
        await using var connection = await Source.OpenConnectionAsync(ct);
        await using var transaction = await TurnAsync(connection, ct);
        if (await PersonProblemAsync(connection, user, user.Person, ct) is { } taken)
        {
            return taken;
        }

        if (!await table.AddAsync(connection, user, ct))
        {
            return new Failure(FailureKind.Unprocessable, "value", "Another account has this user name. Choose another, or leave it out: the person chooses then.", "userName");
        }

        await transaction.CommitAsync(ct);
        return user;
    }

    /// <summary>Changes name, roles, person and wards.</summary>
    /// <param name="version">The one that the administrator saw.</param>
    public Task<Outcome<User>> ChangeAsync(User user, UserProfile profile, int version, CancellationToken ct) => ChangeAsync(
        user, !profile.Roles.Contains(RoleNames.Administrator, StringComparer.Ordinal), user.State == AccountState.Disabled || profile.Person == user.Person ? null : profile.Person,
        "name = $3, roles = $4, person = $5, wards = $6, version = version + 1", version, ct, profile.Name, profile.Roles.ToArray(), profile.Person, profile.Wards.ToArray());

    /// <summary>Locks, unlocks, disables or enables. Sessions of an account that is not active are over at their next request.</summary>
    public Task<Outcome<User>> SetStateAsync(User user, string state, CancellationToken ct) => ChangeAsync(
        user, state != AccountState.Active, user.State == AccountState.Disabled && state != AccountState.Disabled ? user.Person : null,
        "state = case when $3 = 'active' and user_name is null then 'invited' else $3 end, version = version + 1", null, ct, state);

    private async Task<Outcome<User>> ChangeAsync(User user, bool takesAdministrator, string? person, string assignments, int? version, CancellationToken ct, params object?[] values)
    {
        await using var connection = await Source.OpenConnectionAsync(ct);
        await using var transaction = await TurnAsync(connection, ct);
        if (takesAdministrator && await IsLastAsync(connection, user, ct))
        {
            return new Failure(FailureKind.Conflict, "conflict", LastAdministrator);
        }

        if (await PersonProblemAsync(connection, user, person, ct) is { } taken)
        {
            return taken;
        }

        if (await connection.RunAsync($"update access.account set {assignments} where id = $1 and ($2::int is null or version = $2)", ct, [user.Id, version, .. values]) == 0)
        {
            return new Failure(FailureKind.Conflict, "conflict", "Somebody else changed this account meanwhile. Read it again.");
        }

        await transaction.CommitAsync(ct);
        directory.Forget(user.Id);
        return (await FindAsync(new Tenant(user.Tenant), user.Id, ct))!;
    }

    private static async Task<NpgsqlTransaction> TurnAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var transaction = await connection.BeginTransactionAsync(ct);
        await connection.RunAsync("select pg_advisory_xact_lock(hashtextextended('salus.access.administrators', 0))", ct);
        return transaction;
    }

    // Two accounts of one person would be two people to the audit trail and to whoever judges a break-glass: nobody judges their own. Disabled ones act no more; those of the demo are nobody's.
    private static async Task<Failure?> PersonProblemAsync(NpgsqlConnection connection, User user, string? person, CancellationToken ct)
    {
        if (person is null || user.Demo)
        {
            return null;
        }

        var others = await connection.ListAsync(
            "select coalesce(user_name, name) as named from access.account where tenant = $1 and person = $2 and id <> $3 and state <> 'disabled' and not demo limit 1",
            row => row.Get<string>("named")!, ct, user.Tenant, person, user.Id);
        return others.Count == 0 ? null
            : new Failure(FailureKind.Conflict, "duplicate", $"{person} has an account already: {others[0]}. Change that one, or disable it first.", "person");
    }

    // A demo administrator, whose password everybody may know, is no administrator for a record that has a real one; where there are demo accounts alone, one of them stays.
    private static async Task<bool> IsLastAsync(NpgsqlConnection connection, User user, CancellationToken ct) => (await connection.ListAsync(
        """
        select exists (select from access.account where id = $1 and state = 'active' and $2 = any (roles))
           and not exists (select from access.account where id <> $1 and tenant = $3 and state = 'active' and $2 = any (roles) and ($4 or not demo)) as last
        """,
        row => row.Get<bool>("last"), ct, user.Id, RoleNames.Administrator, user.Tenant, user.Demo))[0];
}
