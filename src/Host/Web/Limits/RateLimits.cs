using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Salus.Access;
using Salus.Kernel;

namespace Salus.Host.Web.Limits;

/// <summary>
/// How many requests a minute: of an address before anybody looks who calls, of a user or an app after that. Counted per process, in a window that slides by ten seconds.
/// Addresses share a fixed number of counters, so that no number of them takes more memory; two that share one are a matter of chance that nobody outside can steer.
/// </summary>
internal sealed class RateLimits : IDisposable
{
    private const int Counters = 1 << 16;
    private const int Segments = 6;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    // "Host": the registry reads meters whose name begins with Salus.
    private static readonly Meter Meter = new("Salus.Host");
    private static readonly Counter<long> Refused = Meter.CreateCounter<long>("salus.requests.throttled", description: "Requests refused because there were too many, by what was counted.");

    private readonly bool signIn;
    private readonly PartitionedRateLimiter<int> interactive;
    private readonly PartitionedRateLimiter<int> anonymous;
    private readonly PartitionedRateLimiter<string> users;
    private readonly PartitionedRateLimiter<string> clients;

    public RateLimits(LimitOptions options, AccessOptions access)
    {
        signIn = access.SignIn;
        interactive = Limiter<int>(options.InteractivePerMinute);
        anonymous = Limiter<int>(options.AnonymousPerMinute);
        users = Limiter<string>(options.UserPerMinute);
        clients = Limiter<string>(options.ClientPerMinute);
    }

    /// <summary>In front of the gate.</summary>
    public Task OfAddressAsync(HttpContext http, RequestDelegate next)
    {
        if (IsInteractive(http.Request))
        {
            return RunAsync(http, next, interactive, CounterOf(http), "interactive");
        }

        // Where nobody signs in, everybody is on this machine.
        return signIn && NamesNobody(http.Request) ? RunAsync(http, next, anonymous, CounterOf(http), "anonymous") : next(http);
    }

    /// <summary>Behind the gate, which knows who calls.</summary>
    public Task OfCallerAsync(HttpContext http, RequestDelegate next)
    {
        var caller = http.Caller();
        if (!signIn || !caller.IsKnown)
        {
            return next(http);
        }

        // A gateway sends for many devices, every second.
        return caller.Actor.StartsWith("client/", StringComparison.Ordinal) || RouteLimits.IsBelow(http.Request.Path.Value ?? "", "/telemetry")
            ? RunAsync(http, next, clients, caller.Actor, "client")
            : RunAsync(http, next, users, caller.Actor, "user");
    }

    public void Dispose()
    {
        interactive.Dispose();
        anonymous.Dispose();
        users.Dispose();
        clients.Dispose();
    }

    /// <summary>What takes passwords, codes and tokens. By place and method, so that a route of tomorrow is among them.</summary>
    internal static bool IsInteractive(HttpRequest request)
    {
        var path = request.Path.Value ?? "";
        return (RouteLimits.IsBelow(path, "/access") || RouteLimits.IsBelow(path, "/oauth"))
            && (!(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method))
                || RouteLimits.IsBelow(path, "/oauth/authorize") || RouteLimits.IsBelow(path, "/access/one-time") || RouteLimits.IsBelow(path, "/access/sign-in"));
    }

    /// <summary>An address, or the network that one subscriber of IPv6 has (RFC 6177): otherwise everybody had 2^64 addresses to try from.</summary>
    internal static string Origin(IPAddress? address)
    {
        if (address is null)
        {
            return "";
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4().ToString();
        }

        return address.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)) : address.ToString();
    }

    private static bool NamesNobody(HttpRequest request) => request.Headers.Authorization.Count == 0 && request.Headers.Cookie.Count == 0;

    // Strings are hashed with a key of this process.
    private static int CounterOf(HttpContext http) => Origin(http.Connection.RemoteIpAddress).GetHashCode(StringComparison.Ordinal) & (Counters - 1);

    private static PartitionedRateLimiter<T> Limiter<T>(int perMinute)
        where T : notnull => PartitionedRateLimiter.Create<T, T>(key => perMinute == 0
            ? RateLimitPartition.GetNoLimiter(key)
            : RateLimitPartition.GetSlidingWindowLimiter(key, _ => new SlidingWindowRateLimiterOptions { PermitLimit = perMinute, Window = Window, SegmentsPerWindow = Segments, QueueLimit = 0 }));

    private static async Task RunAsync<T>(HttpContext http, RequestDelegate next, PartitionedRateLimiter<T> limiter, T key, string counted)
    {
        using var lease = limiter.AttemptAcquire(key);
        if (lease.IsAcquired)
        {
            await next(http);
            return;
        }

        Refused.Add(1, new KeyValuePair<string, object?>("counted", counted));
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var told) ? told : Window / Segments;
        var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
        await LastResort.WriteAsync(http, StatusCodes.Status429TooManyRequests, "throttled", $"Too many requests a minute. Ask again in {seconds} s.", seconds);
    }
}
