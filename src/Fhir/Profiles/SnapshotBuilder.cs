using Salus.Fhir.Definitions;

namespace Salus.Fhir.Profiles;

/// <summary>
/// Makes the whole of what a profile says: from its snapshot, or from the snapshot of its base and its differential
/// (http://hl7.org/fhir/R4/profiling.html#snapshot).
/// </summary>
internal sealed class SnapshotBuilder(FhirDefinitions definitions, Func<string, StructureProfile?> find)
{
    /// <summary>The longest chain of profiles, of one upon the other and of one in the other.</summary>
    private const int MostProfiles = 32;

    private readonly HashSet<string> open = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ProfileNode> built = new(StringComparer.Ordinal);

    /// <summary>What could not be understood; the rest is used all the same.</summary>
    internal List<string> Problems { get; } = [];

    internal ProfileNode Build(StructureProfile profile)
    {
        if (built.TryGetValue(profile.Url, out var known))
        {
            return known.Copy();
        }

        open.Add(profile.Url);
        var root = Base(profile) is { } parent ? parent : ProfileNode.Root(definitions, profile.Type, Snapshot);
        foreach (var row in profile.Snapshot ?? profile.Differential)
        {
            Apply(root, row, profile);
        }

        open.Remove(profile.Url);
        built[profile.Url] = root;
        return root.Copy();
    }

    private ProfileNode? Base(StructureProfile profile)
    {
        if (profile.Snapshot is not null || profile.BaseUrl is not { } url || url == ProfileSet.BasePrefix + profile.Type.Name)
        {
            return null;
        }

        if (find(url) is { } parent && open.Count < MostProfiles && !open.Contains(url))
        {
            return Build(parent);
        }

        Problems.Add($"{profile.Url} is based on {url}, which is not loaded: only what it says itself is checked.");
        return null;
    }

    /// <summary>The snapshot of the profile of an element's type, unless it is being made.</summary>
    private ProfileNode? Snapshot(string url) => open.Count < MostProfiles && !open.Contains(url) && find(url) is { } profile ? Build(profile) : null;

    private void Apply(ProfileNode root, ProfileRow row, StructureProfile profile)
    {
        var node = root;
        foreach (var step in row.Steps)
        {
            if (node.Step(step) is not { } next)
            {
                Problems.Add($"{profile.Url}: {profile.Type.Name}.{string.Join('.', row.Steps)} is not an element of {profile.Type.Name}; it is not checked.");
                return;
            }

            node = next;
        }

        // The root's own cardinality says how often the resource may stand somewhere.
        node.Facts = node == root ? node.Facts with { Invariants = row.Facts.Invariants } : node.Facts.With(row.Facts);
    }
}
