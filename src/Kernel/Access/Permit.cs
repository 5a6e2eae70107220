namespace Salus.Kernel;

/// <summary>
/// What a caller may do, decided once for a request. Of each layer at least one grant has to allow what is asked: one layer are the roles, another one the
/// scopes of an app. Modules make of it conditions of their statements and never filter answers afterwards. Immutable.
/// </summary>
public sealed class Permit(IReadOnlyList<IReadOnlyList<Grant>> layers, IEnumerable<string> permissions)
{
    private readonly HashSet<string> permissions = [.. permissions];
    private readonly ILookup<string, Grant>[] byType = [.. layers.Select(l => l.ToLookup(g => g.Type, StringComparer.Ordinal))];

    /// <summary>Nothing at all.</summary>
    public static readonly Permit Nothing = new([[]], []);

    /// <summary>Everything: Salus itself, and whoever is on this machine where sign-in is off.</summary>
    public static readonly Permit Everything = new([[Grant.Everything]], Salus.Kernel.Permissions.All);

    /// <summary>Layers of grants; all layers have to allow, and within a layer one grant.</summary>
    public IReadOnlyList<IReadOnlyList<Grant>> Layers { get; } = layers;

    /// <summary>Whether nothing is held back, so that no condition is needed.</summary>
    public bool IsEverything => ReferenceEquals(this, Everything);

    /// <summary>The named permissions for what is no resource, of <see cref="Salus.Kernel.Permissions"/>.</summary>
    public IReadOnlyCollection<string> Permissions => permissions;

    /// <summary>Whether it has a named permission.</summary>
    public bool Has(string permission) => permissions.Contains(permission);

    /// <summary>Per layer, the grants that speak of a type and an interaction; null when a layer has none, and so it is forbidden.</summary>
    public IReadOnlyList<IReadOnlyList<Grant>>? For(string type, Interactions interaction)
    {
        var found = new List<IReadOnlyList<Grant>>(Layers.Count);
        foreach (var layer in byType)
        {
            var grants = layer[type].Concat(layer[Grant.AnyType]).Where(g => (g.Allows & interaction) == interaction).ToList();
            if (grants.Count == 0)
            {
                return null;
            }

            found.Add(grants);
        }

        return found;
    }
}
