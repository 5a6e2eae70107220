namespace Salus.Kernel;

/// <summary>One thing that happened to records or to access to them; a row of the audit trail, an AuditEvent for others (http://hl7.org/fhir/R4/auditevent.html).</summary>
/// <param name="Caller">Who, from where, why.</param>
/// <param name="Kind">What happened.</param>
public sealed record AuditEntry(Caller Caller, AuditKind Kind)
{
    /// <summary>How it ended.</summary>
    public AuditOutcome Outcome { get; init; } = AuditOutcome.Success;

    /// <summary>The resource type it was about, or the name of what is no resource (<c>user</c>, <c>app</c>, <c>configuration</c>); null for several types.</summary>
    public string? Type { get; init; }

    /// <summary>The logical id; null for a search.</summary>
    public string? Id { get; init; }

    /// <summary>The version read or written; 0 for none.</summary>
    public int Version { get; init; }

    /// <summary>Logical ids of the patients whose data was seen or changed.</summary>
    public IReadOnlyCollection<string> Patients { get; init; } = [];

    /// <summary>The query of a search, export or view, as it was asked.</summary>
    public string? Query { get; init; }

    /// <summary>More for people: what was changed, why it failed.</summary>
    public string? Detail { get; init; }
}

/// <summary>The kinds of what is audited. Numbers are stored: never change one.</summary>
public enum AuditKind : short
{
    Read = 1,
    VersionRead = 2,
    Search = 3,
    History = 4,
    Create = 5,
    Update = 6,
    Delete = 7,
    Operation = 8,
    Export = 9,
    View = 10,
    Print = 11,
    Import = 12,
    Notification = 13,
    SignIn = 20,
    SignOut = 21,
    SecondFactor = 22,
    Credential = 23,
    Token = 24,
    Consent = 25,
    PermissionChange = 30,
    ConfigurationChange = 31,
    BreakGlass = 32,
    BreakGlassReview = 33,
    Denied = 40,
    AuditRead = 41,
    Seal = 42,
}

/// <summary>How it ended: the codes of http://hl7.org/fhir/R4/valueset-audit-event-outcome.html.</summary>
public enum AuditOutcome : short
{
    Success = 0,
    MinorFailure = 4,
    SeriousFailure = 8,
}
