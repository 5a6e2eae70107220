using Npgsql;
using Salus.Access.OAuth;
using Salus.Kernel;

namespace Salus.Access.Apps;

/// <summary>A consent that a user gave.</summary>
internal sealed record AppConsent(Guid Id, string Client, string ClientName, IReadOnlyList<string> Scopes, DateTimeOffset GrantedAt, DateTimeOffset LastUsedAt);

/// <summary>Questions that wait for their answer, answers that are remembered, and launches from a chart.</summary>
internal sealed class ConsentStore(Database database, TimeProvider time)
{
    private const string Columns = "tenant, client, account, redirect_uri, scopes, challenge, session, state, nonce, patient, ehr_launch, needs_patient";

    /// <summary>Keeps a question; the result is its id for the page.</summary>
    public async Task<string> AddAsync(ConsentRequest request, TimeSpan life, CancellationToken ct)
    {
        var id = Secret.New();
        await database.Source.RunAsync($"insert into access.consent_request (hash, {Columns}, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        ct, [
            Secret.Hash(id), request.Tenant.Number, request.Client, request.Account, request.RedirectUri, request.Scopes.Texts.ToArray(), request.Challenge, request.Session, request.State, request.Nonce,
            request.Patient, request.EhrLaunch, request.NeedsPatient, time.GetUtcNow() + life,
        ]);
        return id;
    }

    /// <summary>A question that waits, if it is asked of this account in this session; else null.</summary>
    public Task<ConsentRequest?> FindAsync(string id, Guid account, string session, CancellationToken ct) => database.Source.FirstAsync(
        $"select {Columns} from access.consent_request where hash = $1 and account = $2 and session = $3 and answered_at is null and expires_at > $4",
        Read, ct, Secret.Hash(id), account, session, time.GetUtcNow());

    /// <summary>The same, and nobody can answer it again.</summary>
    public Task<ConsentRequest?> TakeAsync(string id, Guid account, string session, CancellationToken ct) => database.Source.FirstAsync(
        $"update access.consent_request set answered_at = $4 where hash = $1 and account = $2 and session = $3 and answered_at is null and expires_at > $4 returning {Columns}",
        Read, ct, Secret.Hash(id), account, session, time.GetUtcNow());

    /// <summary>What a user allowed an app before.</summary>
    public async Task<ScopeSet> RememberedAsync(Guid account, string client, CancellationToken ct) =>
        await database.Source.FirstAsync("select scopes from access.app_consent where account = $1 and client = $2", rows => ScopeSet.Of(rows.GetFieldValue<string[]>(0)), ct, account, client) ?? ScopeSet.Of([]);

    /// <summary>Remembers an answer, or that it counted once more.</summary>
    public Task RememberAsync(Tenant tenant, Guid account, string client, ScopeSet scopes, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        return database.Source.RunAsync(
            """
            insert into access.app_consent as c (id, tenant, account, client, scopes, granted_at, last_used_at) values ($1, $2, $3, $4, $5, $6, $6)
            on conflict (account, client) do update set scopes = array(select distinct unnest(c.scopes || excluded.scopes)), granted_at = case when excluded.scopes <@ c.scopes then c.granted_at else excluded.granted_at end,
                last_used_at = excluded.last_used_at
            """, ct, Guid.CreateVersion7(now), tenant.Number, account, client, scopes.Texts.ToArray(), now);
    }

    public Task<List<AppConsent>> ListAsync(Guid account, CancellationToken ct) => database.Source.ListAsync(
        "select a.id, a.client, c.name, a.scopes, a.granted_at, a.last_used_at from access.app_consent a join access.client c on c.id = a.client where a.account = $1 order by c.name, a.id",
        rows => new AppConsent(rows.GetGuid(0), rows.GetString(1), rows.GetString(2), rows.GetFieldValue<string[]>(3), rows.Time(4), rows.Time(5)), ct, account);

    /// <summary>Forgets a consent of this account; the app's id, or null when there was none.</summary>
    public Task<string?> ForgetAsync(Guid id, Guid account, CancellationToken ct) =>
        database.Source.FirstAsync("delete from access.app_consent where id = $1 and account = $2 returning client", rows => rows.GetString(0), ct, id, account);

    /// <summary>A launch from a chart; the result is the parameter <c>launch</c> for the app.</summary>
    public async Task<string> AddLaunchAsync(Tenant tenant, string client, Guid account, string patient, TimeSpan life, CancellationToken ct)
    {
        var launch = Secret.New();
        await database.Source.RunAsync("insert into access.app_launch (hash, tenant, client, account, patient, expires_at) values ($1, $2, $3, $4, $5, $6)",
            ct, Secret.Hash(launch), tenant.Number, client, account, patient, time.GetUtcNow() + life);
        return launch;
    }

    /// <summary>The patient of a launch that this user made for this app a moment ago, once; else null.</summary>
    public Task<string?> TakeLaunchAsync(string launch, string client, Guid account, CancellationToken ct) => database.Source.FirstAsync(
        "update access.app_launch set used_at = $4 where hash = $1 and client = $2 and account = $3 and used_at is null and expires_at > $4 returning patient",
        rows => rows.GetString(0), ct, Secret.Hash(launch), client, account, time.GetUtcNow());

    private static ConsentRequest Read(NpgsqlDataReader rows) =>
        new(new Tenant(rows.GetInt32(0)), rows.GetString(1), rows.GetGuid(2), rows.GetString(3), ScopeSet.Of(rows.GetFieldValue<string[]>(4)), rows.GetString(5))
        {
            Session = rows.Text(6),
            State = rows.Text(7),
            Nonce = rows.Text(8),
            Patient = rows.Text(9),
            EhrLaunch = rows.GetBoolean(10),
            NeedsPatient = rows.GetBoolean(11),
        };
}
