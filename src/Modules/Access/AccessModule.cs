using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Salus.Access.Accounts;
using Salus.Access.Audit;
using Salus.Access.BreakGlass;
using Salus.Access.Gate;
using Salus.Access.Keys;
using Salus.Access.OAuth;
using Salus.Access.Roles;
using Salus.Access.Tenants;
using Salus.Kernel;

namespace Salus.Access;

/// <summary>Who may see and do what: users, sign-in, OAuth and SMART, roles, break-glass, audit.</summary>
public static class AccessModule
{
    /// <summary>Registers access. After <c>AddKernel</c>, before the modules that ask who calls.</summary>
    public static IServiceCollection AddAccess(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddConfigured<AccessOptions>(configuration, "Salus:Access");
        services.AddSingleton(s => RoleTable.Of(s.GetRequiredService<AccessOptions>()));
        services.AddSingleton<Permits>();
        services.AddKeys();
        services.AddAuditTrail();
        services.AddSingleton<LocalKey>();
        services.AddSingleton<TenantTable>();
        services.AddSingleton<IIdentity, LocalKeyIdentity>();
        services.AddSingleton<IActors, LocalKeyIdentity.Actors>();
        services.AddBreakGlass();
        services.AddOAuth(configuration);
        services.AddAccounts(configuration);
        services.AddSingleton(new MigrationSet("access", typeof(AccessModule).Assembly) { AppendOnly = ["audit*"] });
        return services;
    }

    /// <summary>Finds out who calls, and refuses what is not theirs to call. Between routing and the endpoints.</summary>
    public static IApplicationBuilder UseAccess(this IApplicationBuilder app) => app.UseMiddleware<AccessGate>();

    /// <summary>Maps the routes of sign-in, apps and administration.</summary>
    public static IEndpointRouteBuilder MapAccess(this IEndpointRouteBuilder routes)
    {
        // Apps' routes answer for themselves, in OAuth's words.
        routes.MapOAuth();
        var own = routes.MapGroup("").AddEndpointFilter(Queries.RefuseUnstorable);
        own.MapGet("/admin/access/table", (RoleTable table) => Results.Json(RolePage.Json(table))).ForSignedIn();
        BreakGlassRoutes.Map(own);
        BreakGlassReview.Map(own);
        own.MapAccounts();
        TenantEndpoints.Map(own);
        AuditRoutes.Map(own);
        return routes;
    }
}
