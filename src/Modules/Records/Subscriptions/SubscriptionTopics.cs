using Salus.Fhir.Definitions;
using Salus.Kernel;

namespace Salus.Records.Subscriptions;

/// <summary>Which interactions lead to an event.</summary>
[Flags]
internal enum Interactions
{
    Create = 1,
    Update = 2,
    Delete = 4,
    All = Create | Update | Delete,
}

/// <summary>
/// The topics of this server: of each resource type its changes, all of them or those of one kind. Their canonical URLs are
/// <c>http://salus.invalid/SubscriptionTopic/Observation</c> and the same with <c>-create</c>, <c>-update</c>, <c>-delete</c>.
/// </summary>
internal static class SubscriptionTopics
{
    /// <summary>The profile of Subscriptions whose criteria is a topic.</summary>
    public const string Profile = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-subscription";

    public const string Root = "http://salus.invalid/SubscriptionTopic/";

    private static readonly (string Suffix, Interactions Interactions)[] Kinds =
        [("", Interactions.All), ("-create", Interactions.Create), ("-update", Interactions.Update), ("-delete", Interactions.Delete)];

    /// <summary>The topic of all changes of a type.</summary>
    public static string Of(string type) => Root + type;

    /// <summary>Every topic.</summary>
    public static IEnumerable<string> All(FhirDefinitions definitions) => definitions.ResourceTypes.SelectMany(t => Kinds.Select(k => Of(t.Name) + k.Suffix));

    /// <summary>Whether a criteria is a topic's URL rather than a search.</summary>
    public static bool IsTopic(string criteria) => criteria.Split('?')[0].Contains("://", StringComparison.Ordinal);

    public static (string Type, Interactions Interactions)? Find(string canonical, FhirDefinitions definitions)
    {
        var name = canonical.Split('|')[0];
        if (!name.StartsWith(Root, StringComparison.Ordinal))
        {
            return null;
        }

        var dash = name.IndexOf('-', Root.Length);
        var type = dash < 0 ? name[Root.Length..] : name[Root.Length..dash];
        return definitions.Resource(type) is not null && Array.Find(Kinds, k => k.Suffix == (dash < 0 ? "" : name[dash..])) is { Interactions: > 0 } kind ? (type, kind.Interactions) : null;
    }

    public static Interactions Of(FeedOperation operation) => operation switch
    {
        FeedOperation.Create => Interactions.Create,
        FeedOperation.Update => Interactions.Update,
        _ => Interactions.Delete,
    };
}
