using Microsoft.Extensions.DependencyInjection;
using Salus.Kernel;
using Salus.Records.Tests.Support;
using Salus.TestSupport;

namespace Salus.Records.Tests.Access;

/// <summary>A record whose jobs and subscriptions are done for those who may act: whom <see cref="RecordServer.Callers"/> has.</summary>
public sealed class LaterRecord : RecordServer, IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    protected override IEnumerable<KeyValuePair<string, string?>> Settings =>
        [new("Salus:Objects", folder["objects"]), new("Salus:Records:Validation", "Off"), new("Salus:Records:BulkValidation", "Off"), new("Salus:Records:Subscriptions:RetryMilliseconds", "20")];

    protected override void Configure(IServiceCollection services) => services.AddSingleton<ICallers>(new KnownCallers());

    /// <summary>The header of a request by somebody with grants and permissions.</summary>
    internal static (string Name, string Value) As(IReadOnlyList<Grant> grants, params string[] permissions) => As(grants, null, permissions);

    /// <summary>The same by an app.</summary>
    internal static (string Name, string Value) As(IReadOnlyList<Grant> grants, string? delegation, string[] permissions)
    {
        var name = Guid.NewGuid().ToString();
        Callers[name] = new Caller(Tenant.Default, $"user-{name}") { Permit = new Permit([grants], permissions), Delegation = delegation };
        return (CallerHeader, name);
    }

    private sealed class KnownCallers : ICallers
    {
        public ValueTask<Caller?> FindAsync(Tenant tenant, string actor, string? delegation, CancellationToken ct) => new(
            actor == Caller.Local.Actor || actor == Caller.System.Actor
                ? Caller.Local
                : Callers.Values.FirstOrDefault(c => c.Actor == actor && c.Tenant == tenant && c.Delegation == delegation));
    }
}
