using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Salus.Kernel;

namespace Salus.Access.Accounts.Sessions;

/// <summary>
/// Begins, finds and ends sessions. Kept in memory for two seconds, as accounts are; what this process ends is over at once. Safe for many threads.
/// </summary>
internal sealed class SessionKeeper(SessionTable table, IOptions<AccountOptions> options, TimeProvider time)
{
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Unfinished = TimeSpan.FromMinutes(10);
    // Written not at every request: the limit of idleness is some minutes at least.
    private static readonly TimeSpan SeenEvery = TimeSpan.FromSeconds(20);
    private const int Most = 20_000;

    private readonly Kept<string, (Session Session, DateTimeOffset At)> known = new(Most, StringComparer.Ordinal);
    private long changes;

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    private DateTime SeenAfter => Now.AddMinutes(-options.Value.SessionIdleMinutes);

    /// <summary>A new session with a new secret, in the cookie of the answer; the one before in this browser ends, so that nobody can plant one.</summary>
    public async Task<Session> BeginAsync(HttpContext http, User user, string stage, IReadOnlyList<string> methods, CancellationToken ct)
    {
        await EndCurrentAsync(http, ct);
        var now = Now;
        var secret = Secret.New();
        var ends = stage == SessionStage.SecondFactor ? now + Unfinished : now.AddHours(options.Value.SessionHours);
        var agent = http.Request.Headers.UserAgent.ToString();
        var session = new Session(Guid.CreateVersion7(time.GetUtcNow()), user.Id, stage, methods, user.Stamp)
        {
            CreatedAt = now,
            FreshAt = now,
            LastSeenAt = now,
            EndsAt = ends,
            Address = http.Connection.RemoteIpAddress?.ToString(),
            Agent = agent.Length == 0 ? null : agent[..Math.Min(agent.Length, 200)],
        };
        await table.AddAsync(session, secret, ct);
        if (stage == SessionStage.Done)
        {
            await table.SeenAsync(session, now, ct);
        }

        await table.SweepAsync(now, SeenAfter, ct);
        SessionCookies.SetSession(http, secret);
        return session;
    }

    /// <summary>The session of a secret; null when there is none or it is over.</summary>
    public async ValueTask<Session?> FindAsync(string secret, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var key = Convert.ToBase64String(Secret.Hash(secret));
        if (known.TryGet(key, out var cached) && now - cached.At < Age && now >= cached.At && cached.Session.EndsAt > now.UtcDateTime)
        {
            return cached.Session;
        }

        var before = Interlocked.Read(ref changes);
        if (await table.FindAsync(Convert.FromBase64String(key), now.UtcDateTime, SeenAfter, ct) is not { } session)
        {
            return null;
        }

        if (now.UtcDateTime - session.LastSeenAt > SeenEvery)
        {
            await table.SeenAsync(session, now.UtcDateTime, ct);
            session = session with { LastSeenAt = now.UtcDateTime };
        }

        if (before == Interlocked.Read(ref changes))
        {
            known.Set(key, (session, now));
        }

        return session;
    }

    public Task<List<Session>> OfAsync(Guid account, CancellationToken ct) => table.OfAsync(account, Now, SeenAfter, ct);

    public async Task FreshAsync(Guid id, CancellationToken ct)
    {
        await table.FreshAsync(id, Now, ct);
        Forget();
    }

    public async Task StampAsync(Guid id, string stamp, CancellationToken ct)
    {
        await table.StampAsync(id, stamp, ct);
        Forget();
    }

    public async Task<bool> EndAsync(Guid account, Guid id, CancellationToken ct)
    {
        var ended = await table.EndAsync(account, id, ct);
        Forget();
        return ended;
    }

    public async Task<int> EndAllAsync(Guid account, Guid? except, CancellationToken ct)
    {
        var ended = await table.EndAllAsync(account, except, ct);
        Forget();
        return ended;
    }

    /// <summary>Ends the session that the browser has, if any.</summary>
    public async Task EndCurrentAsync(HttpContext http, CancellationToken ct)
    {
        if (SessionCookies.SessionOf(http) is { } secret && await FindAsync(secret, ct) is { } session)
        {
            await EndAsync(session.Account, session.Id, ct);
        }
    }

    // Sessions end seldom: to forget all of them costs each one question.
    private void Forget()
    {
        Interlocked.Increment(ref changes);
        known.Forget();
    }
}
