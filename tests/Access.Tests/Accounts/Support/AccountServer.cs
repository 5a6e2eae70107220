using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Salus.Access.Accounts;
using Salus.Access.Accounts.Administration;
using Salus.Access.Tests.Support;
using Salus.Kernel;

namespace Salus.Access.Tests.Accounts.Support;

/// <summary>A server with accounts, a clock that the test moves, and a count of the hashes that were made.</summary>
public class AccountServer : AccessServer
{
    internal const string Password = "quixotic lantern of the marmot";

    internal Clock Clock { get; } = new();

    internal List<AuditEntry> Audited { get; } = [];

    internal int HashComputations => Get<CountingHasher>().Count;

    /// <summary>An account that can sign in with <see cref="Password"/>.</summary>
    internal async Task<User> AddAsync(string userName, params string[] roles)
    {
        var user = new User { Id = Guid.CreateVersion7(), Tenant = 1, UserName = userName, Name = $"Name of {userName}", Roles = roles, Stamp = "first" };
        user.PasswordHash = Get<IPasswordHasher<User>>().HashPassword(user, Password);
        Assert.True(await Get<AccountTable>().AddAsync(user, CancellationToken.None));
        return user;
    }

    internal async Task LockAsync(User user) => Assert.Null((await Get<UserAdministration>().SetStateAsync(user, AccountState.Locked, CancellationToken.None)).Failure);

    internal IServiceProvider Services => Get<IServiceProvider>();

    internal Browser Open(string? address = null) => new(Address, address);

    protected override void Configure(IServiceCollection services)
    {
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton<IAuditTrail>(new Trail(Audited));
        services.AddSingleton<IKnownResources, KnownResources>();
        services.AddSingleton(provider => new CountingHasher(provider.GetRequiredService<IOptions<PasswordHasherOptions>>()));
        services.AddSingleton<IPasswordHasher<User>>(provider => provider.GetRequiredService<CountingHasher>());
        services.AddSingleton<IStartupFilter, Addresses>();
    }

    protected override void Map(WebApplication app)
    {
        app.MapGet("/who", (HttpContext http) => http.Caller().Actor).ForSignedIn();
        app.MapPost("/change", (HttpContext http) => http.Caller().Actor).ForSignedIn();
    }

    /// <summary>The real hasher, counted.</summary>
    internal sealed class CountingHasher(IOptions<PasswordHasherOptions> options) : PasswordHasher<User>(options)
    {
        private int count;

        public int Count => Volatile.Read(ref count);

        public override string HashPassword(User user, string password)
        {
            Interlocked.Increment(ref count);
            return base.HashPassword(user, password);
        }

        public override PasswordVerificationResult VerifyHashedPassword(User user, string hashedPassword, string providedPassword)
        {
            Interlocked.Increment(ref count);
            return base.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
    }

    // In the place of the record, which access does not know: it has everything but what has an id that begins so.
    internal const string Unknown = "unknown-";

    private sealed class KnownResources : IKnownResources
    {
        public ValueTask<bool> ExistsAsync(Tenant tenant, string type, string id, CancellationToken ct) => new(!id.StartsWith(Unknown, StringComparison.Ordinal));
    }

    private sealed class Trail(List<AuditEntry> entries) : IAuditTrail
    {
        public ValueTask WriteAsync(IReadOnlyList<AuditEntry> added, CancellationToken ct)
        {
            lock (entries)
            {
                entries.AddRange(added);
            }

            return ValueTask.CompletedTask;
        }

        public void AddTo(Npgsql.NpgsqlBatch batch, IReadOnlyList<AuditEntry> added)
        {
            lock (entries)
            {
                entries.AddRange(added);
            }
        }
    }

    // Lets a test be several computers: all are on loopback.
    private sealed class Addresses : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((http, more) =>
            {
                if (System.Net.IPAddress.TryParse(http.Request.Headers["X-Test-Address"].ToString(), out var address))
                {
                    http.Connection.RemoteIpAddress = address;
                }

                return more(http);
            });
            next(app);
        };
    }
}
