using Microsoft.Extensions.DependencyInjection;
using Salus.Access.Apps;
using Salus.Access.OAuth;
using Salus.Kernel;

namespace Salus.Access;

/// <summary>Two apps for the demo hospital: to try a launch without registering anything. Nothing of it is in a record of real patients.</summary>
public static class DemoApps
{
    /// <summary>Registers them if they are not there. A public app at loopback addresses (<c>demo-chart</c>) and one that belongs to nobody until it gets a secret (<c>demo-portal</c>, disabled).</summary>
    /// <param name="services">Of a host with <c>AddKernel</c> and <c>AddAccess</c>, started.</param>
    public static async Task EnsureAsync(IServiceProvider services, CancellationToken ct)
    {
        var clients = services.GetRequiredService<ClientStore>();
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        Client[] apps =
        [
            new("demo-chart", Tenant.Default, "Demo chart (an app on this machine)", ClientKind.Public)
            {
                RedirectUris = ["http://127.0.0.1/", "http://127.0.0.1/app.html", "http://127.0.0.1/callback"],
                LaunchUri = "http://127.0.0.1:9000/launch.html",
                Scopes = ScopeSet.Parse("openid fhirUser profile launch launch/patient online_access offline_access patient/*.rs user/*.rs"),
                CreatedAt = now,
            },
            new("demo-portal", Tenant.Default, "Demo portal (an app with a server)", ClientKind.Confidential)
            {
                RedirectUris = ["http://127.0.0.1/callback"],
                Scopes = ScopeSet.Parse("openid fhirUser profile launch/patient patient/Patient.rs patient/Observation.rs"),
                // No secret that others could read here: an administrator enables it and gets one.
                Active = false,
                CreatedAt = now,
            },
        ];
        foreach (var app in apps)
        {
            await clients.AddAsync(app, Caller.System.Actor, ct);
        }
    }
}
