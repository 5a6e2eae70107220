using Salus.Access.Accounts;
using Salus.Access.BreakGlass;
using Salus.Kernel;

namespace Salus.Access.Roles;

/// <summary>Decides, once for a request, what an account or a service may do: what its roles give, what is open by break-glass, and of this what the app was allowed.</summary>
internal sealed class Permits(RoleTable table, Openings openings)
{
    /// <summary>The role of apps that act by themselves (client credentials): their scopes say the rest.</summary>
    public const string Service = "service";

    // The same combination is the same object, so that what others make of a permit can be kept with it.
    private const int MostKept = 10_000;
    private readonly Kept<(Permit Roles, string Opened, AppAccess? App), Permit> kept = new(MostKept);
    private readonly Kept<AppAccess, Permit> services = new(MostKept);

    /// <summary>A user, by themselves or through an app.</summary>
    /// <param name="session">The id of the sign-in.</param>
    /// <param name="app">The app that acts for them; null for the pages of Salus.</param>
    public async ValueTask<Caller> OfUserAsync(Account account, string? session, AppAccess? app, CancellationToken ct)
    {
        var roles = table.Of(account);
        var active = roles.Has(Permissions.BreakGlass) ? await openings.ActiveAsync(account, ct) : [];
        IReadOnlyList<string> opened = active.Count == 0 ? [] : [.. active.Select(o => o.Patient).Distinct().Order(StringComparer.Ordinal)];
        var permit = opened.Count == 0 && app is null ? roles : Combined(account, roles, opened, app);
        return new Caller(account.Tenant, account.Actor)
        {
            Permit = permit,
            Name = account.Name,
            Person = account.Person,
            Roles = account.Roles,
            Session = session,
            Client = app?.Client,
            Opened = active.Count == 0 ? [] : [.. active.Select(o => new OpenedRecord(o.Patient, o.Id))],
        };
    }

    /// <summary>An app that acts by itself.</summary>
    public Caller OfService(Tenant tenant, string name, AppAccess app)
    {
        var permit = services.GetOrAdd(app, a => new Permit([a.Grants], a.Permissions));
        return new Caller(tenant, $"client/{app.Client}") { Permit = permit, Name = name, Roles = [Service], Client = app.Client };
    }

    private Permit Combined(Account account, Permit roles, IReadOnlyList<string> opened, AppAccess? app) => kept.GetOrAdd((roles, string.Join(' ', opened), app), _ =>
    {
        IReadOnlyList<Grant> first = [.. roles.Layers[0], .. opened.SelectMany(p => table.Opened(account, p))];
        return app is null ? new Permit([first], roles.Permissions) : new Permit([first, app.Grants], roles.Permissions.Intersect(app.Permissions));
    });
}
