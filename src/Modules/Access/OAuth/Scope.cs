using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Salus.Fhir.Definitions;
using Salus.Kernel;

namespace Salus.Access.OAuth;

/// <summary>Whose data a scope is about.</summary>
internal enum ScopeContext
{
    /// <summary>The patient of the launch.</summary>
    Patient,
    /// <summary>Whatever the user may see.</summary>
    User,
    /// <summary>An app that acts by itself.</summary>
    System,
}

/// <summary>
/// A scope for FHIR resources, of version 1 (<c>patient/Observation.read</c>) or 2 (<c>patient/Observation.rs?category=laboratory</c>) of SMART App Launch
/// (https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html#scopes-for-requesting-fhir-resources).
/// </summary>
/// <param name="Text">As it was asked for, and as the answer says it.</param>
/// <param name="Type">The resource type, or <see cref="Grant.AnyType"/>.</param>
/// <param name="Criteria">The query behind it; null for none.</param>
internal sealed partial record Scope(string Text, ScopeContext Context, string Type, Interactions Allows, string? Criteria)
{
    private const int LongestText = 500;
    private static readonly FrozenSet<string> Types = FhirDefinitions.R4.ResourceTypes.Select(t => t.Name).ToFrozenSet(StringComparer.Ordinal);
    private static readonly string[] OwnParameters = ["_id", "_tag", "_security", "_profile", "_lastUpdated"];

    /// <summary>Reads one strictly. False for everything that is not exactly in the grammar, and for unknown types.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Scope? scope)
    {
        scope = null;
        if (text.Length > LongestText || Grammar().Match(text) is not { Success: true } match)
        {
            return false;
        }

        var (type, letters) = (match.Groups["type"].Value, match.Groups["letters"].Value);
        var query = match.Groups["query"] is { Success: true, Value: var q } ? q : null;
        // Version 1 has no criteria, and criteria mean nothing for every type at once: which parameters there are depends on the type.
        if (Letters(letters) is not { } allows || !IsKnown(type) || (query is not null && (letters is "read" or "write" or "*" || type == Grant.AnyType || !IsCriteria(query))))
        {
            return false;
        }

        scope = new Scope(text, Enum.Parse<ScopeContext>(match.Groups["context"].Value, ignoreCase: true), type, allows, query);
        return true;
    }

    /// <summary>Whether everything that <paramref name="other"/> allows is allowed by this one too.</summary>
    public bool Covers(Scope other) =>
        Context == other.Context && (Type == Grant.AnyType || Type == other.Type) && (Allows & other.Allows) == other.Allows && (Criteria is null || Criteria == other.Criteria);

    /// <summary>What it allows. The roles of the user come as another layer.</summary>
    /// <param name="patient">The logical id of the launch's patient, for <see cref="ScopeContext.Patient"/>.</param>
    public Grant ToGrant(string? patient) => Context switch
    {
        // Nobody chose a patient: nothing is reached.
        ScopeContext.Patient => new Grant(Type, Allows, patient is null ? Reach.Of() : Reach.Of(patient)) { Criteria = Criteria, Clearance = Confidentiality.VeryRestricted, HeedsConsent = false },
        ScopeContext.User => new Grant(Type, Allows, Reach.All) { Criteria = Criteria, Clearance = Confidentiality.VeryRestricted, HeedsConsent = false },
        // There is no role behind it that would decide about labels and consents.
        _ => new Grant(Type, Allows, Reach.All) { Criteria = Criteria, Clearance = Confidentiality.Normal, HeedsConsent = true },
    };

    // The letters in the order of the specification, each at most once; the words of version 1 as its section "Scope Equivalence" has them.
    private static Interactions? Letters(string letters) => letters switch
    {
        "read" => Interactions.Read | Interactions.Search,
        "write" => Interactions.Create | Interactions.Update | Interactions.Delete,
        "*" => Interactions.All,
        "" => null,
        _ => letters.Aggregate(Interactions.None, (sum, letter) => sum | letter switch
        {
            'c' => Interactions.Create,
            'r' => Interactions.Read,
            'u' => Interactions.Update,
            'd' => Interactions.Delete,
            _ => Interactions.Search,
        }),
    };

    private static bool IsKnown(string type) => type == Grant.AnyType || Types.Contains(type);

    // Parameters that narrow, nothing that steers a search (_include, _count, _has) or walks to other resources (chains).
    private static bool IsCriteria(string query) => query.Split('&').All(pair =>
        Criterion().Match(pair) is { Success: true } match && (!pair.StartsWith('_') || OwnParameters.Contains(match.Groups["name"].Value)));

    [GeneratedRegex(@"^(?<context>patient|user|system)/(?<type>\*|[A-Z][A-Za-z]{2,60})\.(?<letters>read|write|\*|c?r?u?d?s?)(\?(?<query>[!-~]+))?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Grammar();

    [GeneratedRegex(@"^(?<name>_?[A-Za-z][A-Za-z0-9-]{0,60})(:[a-z-]{1,20})?=[^&=?#""\\]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Criterion();
}
