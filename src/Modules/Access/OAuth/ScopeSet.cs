using Salus.Kernel;

namespace Salus.Access.OAuth;

/// <summary>What an app asks for, or was granted: scopes for resources, and the words of OpenID Connect and SMART. Immutable; in the order in which they were asked for.</summary>
internal sealed class ScopeSet
{
    public const string OpenId = "openid";
    public const string FhirUser = "fhirUser";
    public const string Profile = "profile";
    public const string Launch = "launch";
    public const string LaunchPatient = "launch/patient";
    public const string Offline = "offline_access";
    public const string Online = "online_access";

    /// <summary>Lets a client that authenticates itself ask about tokens of others (RFC 7662): a resource server beside Salus.</summary>
    public const string Introspect = "salus/introspect";

    private const int MostScopes = 100;
    private static readonly string[] Words = [OpenId, FhirUser, Profile, Launch, LaunchPatient, Offline, Online, Introspect];

    private ScopeSet(IReadOnlyList<string> texts)
    {
        Texts = texts;
        Resources = [.. texts.Select(t => Scope.TryParse(t, out var scope) ? scope : null).OfType<Scope>()];
    }

    /// <summary>All of them that are known.</summary>
    public IReadOnlyList<string> Texts { get; }

    /// <summary>Those for resources.</summary>
    public IReadOnlyList<Scope> Resources { get; }

    /// <summary>Words of scopes that are not about resources.</summary>
    public static IReadOnlyList<string> KnownWords => [.. Words.Where(w => w != Introspect)];

    /// <summary>From the parameter <c>scope</c> (RFC 6749, section 3.3: separated by single spaces). Unknown ones are left out.</summary>
    public static ScopeSet Parse(string? scope) => Of(scope?.Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(MostScopes) ?? []);

    public static ScopeSet Of(IEnumerable<string> texts) => new([.. texts.Where(IsKnown).Distinct(StringComparer.Ordinal)]);

    /// <summary>Whether Salus understands a scope.</summary>
    public static bool IsKnown(string? text) => text is not null && (Words.Contains(text) || Scope.TryParse(text, out _));

    public bool Has(string word) => Texts.Contains(word);

    /// <summary>Those of this set that another one covers: what is registered, what was granted before.</summary>
    public ScopeSet Within(ScopeSet allowed) => Of(Texts.Where(t => Scope.TryParse(t, out var scope) ? allowed.Resources.Any(a => a.Covers(scope)) : allowed.Has(t)));

    /// <summary>Those of a kind of flow: <c>system/</c> for apps that act by themselves, the others for users.</summary>
    public ScopeSet ForUsers() => Of(Texts.Where(t => t != Introspect && (!Scope.TryParse(t, out var scope) || scope.Context != ScopeContext.System)));

    /// <inheritdoc cref="ForUsers"/>
    public ScopeSet ForServices() => Of(Resources.Where(s => s.Context == ScopeContext.System).Select(s => s.Text));

    /// <summary>Whether somebody has to choose a patient: <c>launch/patient</c>, or scopes about one.</summary>
    public bool NeedsPatient => Has(LaunchPatient) || Resources.Any(s => s.Context == ScopeContext.Patient);

    /// <summary>The layer of grants that they make.</summary>
    public IReadOnlyList<Grant> Grants(string? patient) => [.. Resources.Select(s => s.ToGrant(patient))];

    public override string ToString() => string.Join(' ', Texts);
}
