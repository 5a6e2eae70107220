using Salus.Access.Roles;
using Salus.Kernel;

namespace Salus.Access.OAuth;

/// <summary>Scopes as grants. The same scopes of the same app for the same patient are the same object, so that what others made of it can be kept with it.</summary>
internal sealed class AppGrants
{
    private const int MostKept = 10_000;

    private readonly Kept<(string Client, string Scopes, string? Patient), AppAccess> users = new(MostKept);
    private readonly Kept<(string Client, string Scopes), AppAccess> services = new(MostKept);

    /// <summary>Of an app that acts for a user. It has none of their named permissions: scopes speak of resources only.</summary>
    public AppAccess Of(string client, ScopeSet scopes, string? patient) =>
        users.GetOrAdd((client, scopes.ToString(), patient), _ => new AppAccess(client, scopes.ForUsers().Grants(patient), []));

    /// <summary>Of an app that acts by itself. Bulk export is what these are for, and every type of it needs a scope of its own, so the named permission comes with the first scope that reads. Values of devices become Observations and scores of models are what RiskAssessments are for: who may create these may send those.</summary>
    public AppAccess OfService(string client, ScopeSet scopes)
    {
        const Interactions Reading = Interactions.Read | Interactions.Search;
        return services.GetOrAdd((client, scopes.ToString()), _ =>
        {
            var own = scopes.ForServices();
            var exports = own.Resources.Any(s => (s.Allows & Reading) == Reading);
            bool Creates(string type) => own.Resources.Any(s => (s.Type == type || s.Type == Grant.AnyType) && s.Criteria is null && s.Allows.HasFlag(Interactions.Create));
            (string Permission, bool Has)[] named = [(Permissions.Export, exports), (Permissions.Telemetry, Creates("Observation")), (Permissions.Scores, Creates("RiskAssessment"))];
            return new AppAccess(client, own.Grants(null), [.. named.Where(n => n.Has).Select(n => n.Permission)]);
        });
    }
}
