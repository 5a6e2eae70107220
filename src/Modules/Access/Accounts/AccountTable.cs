using System.Text;
using Npgsql;
using Salus.Kernel;

namespace Salus.Access.Accounts;

/// <summary>The table of accounts: finding, making, and what sign-in changes of them. Administration has statements of its own.</summary>
internal sealed class AccountTable(Database database, TimeProvider time)
{
    public const string Columns =
        "a.id, a.tenant, a.user_name, a.name, a.roles, a.person, a.wards, a.state, a.password_hash, a.stamp, a.version, a.totp_secret, a.totp_confirmed, a.demo, a.created_at, a.last_seen_at, "
        + "(select count(*)::int from access.passkey p where p.account = a.id) as passkeys";

    private NpgsqlDataSource Source => database.Source;

    public async Task<User?> FindAsync(Guid id, CancellationToken ct) =>
        await Source.FirstAsync($"select {Columns} from access.account a where a.id = $1", Row, ct, id);

    /// <summary>
    /// A user name in its normal form (NFKC, https://www.unicode.org/reports/tr15/): full-width letters, ligatures and the like become the plain ones. PostgreSQL does it: the program runs without the tables of Unicode.
    /// </summary>
    public async ValueTask<string> NormalAsync(string userName, CancellationToken ct) =>
        Ascii.IsValid(userName) || !Texts.IsStorable(userName) ? userName : await Source.ScalarAsync<string>("select normalize($1, NFKC)", ct, userName) ?? userName;

    /// <param name="userName">Normalized.</param>
    public async Task<User?> FindByNameAsync(string userName, CancellationToken ct) =>
        await Source.FirstAsync($"select {Columns} from access.account a where a.user_key = $1", Row, ct, User.Key(userName));

    /// <summary>Whether anybody is an administrator, or is invited to be one.</summary>
    public async Task<bool> AnyAdministratorAsync(CancellationToken ct) =>
        await Source.ScalarAsync<bool>("select exists (select from access.account where tenant = $2 and $1 = any (roles))", ct, RoleNames.Administrator, Tenant.Default.Number);

    /// <summary>Whether there is one that is not a demo account.</summary>
    public async Task<bool> AnyRealAsync(CancellationToken ct) => await Source.ScalarAsync<bool>("select exists (select from access.account where not demo)", ct);

    /// <summary>The demo accounts.</summary>
    public Task<List<User>> DemoAsync(CancellationToken ct) => Source.ListAsync($"select {Columns} from access.account a where a.demo and a.state = 'active' order by a.id", Row, ct);

    /// <summary>Makes an account; false when the user name is taken.</summary>
    public async Task<bool> AddAsync(User user, CancellationToken ct)
    {
        await using var connection = await Source.OpenConnectionAsync(ct);
        return await AddAsync(connection, user, ct);
    }

    /// <summary>The same in a transaction.</summary>
    public async Task<bool> AddAsync(NpgsqlConnection connection, User user, CancellationToken ct)
    {
        var rows = await connection.RunAsync(
            """
            insert into access.account (id, tenant, user_name, user_key, name, roles, person, wards, state, password_hash, stamp, demo, created_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict do nothing
            """,
            ct, user.Id, user.Tenant, user.UserName, user.UserName is null ? null : User.Key(user.UserName), user.Name, user.Roles.ToArray(), user.Person, user.Wards.ToArray(),
            user.State, user.PasswordHash, user.Stamp, user.Demo, time.GetUtcNow().UtcDateTime);
        return rows == 1;
    }

    /// <summary>Keeps a hash with more rounds of the same password, unless it was changed meanwhile.</summary>
    public Task RehashAsync(Guid id, string before, string after, CancellationToken ct) =>
        Source.RunAsync("update access.account set password_hash = $3 where id = $1 and password_hash = $2", ct, id, before, after);

    /// <summary>Keeps user name, password and stamp, and makes an invited account active; false when the user name is taken or the account is gone.</summary>
    public async Task<bool> SaveAsync(User user, CancellationToken ct)
    {
        try
        {
            // A lock that came meanwhile stays.
            return await Source.RunAsync(
                "update access.account set user_name = $2, user_key = $3, password_hash = $4, stamp = $5, state = case when state = 'invited' then $6 else state end, version = version + 1 where id = $1",
                ct, user.Id, user.UserName, user.UserName is null ? null : User.Key(user.UserName), user.PasswordHash, user.Stamp, user.State) == 1;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return false;
        }
    }

    public static User Row(NpgsqlDataReader row) => new()
    {
        Id = row.Get<Guid>("id"),
        Tenant = row.Get<int>("tenant"),
        UserName = row.Get<string>("user_name"),
        Name = row.Get<string>("name")!,
        Roles = row.Get<string[]>("roles")!,
        Person = row.Get<string>("person"),
        Wards = row.Get<string[]>("wards")!,
        State = row.Get<string>("state")!,
        PasswordHash = row.Get<string>("password_hash"),
        Stamp = row.Get<string>("stamp")!,
        Version = row.Get<int>("version"),
        TotpSecret = row.Get<byte[]>("totp_secret"),
        TotpConfirmed = row.Get<bool>("totp_confirmed"),
        Passkeys = row.Get<int>("passkeys"),
        Demo = row.Get<bool>("demo"),
        CreatedAt = row.Get<DateTime>("created_at"),
        LastSeenAt = row.Get<DateTime?>("last_seen_at"),
    };
}
