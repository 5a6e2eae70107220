namespace Salus.Records.Terminology.Content;

/// <summary>A value that a concept has for a property.</summary>
/// <param name="Type">The FHIR type: code, Coding, string, integer, boolean, dateTime, decimal.</param>
/// <param name="Text">The value as text; of a Coding, its code.</param>
/// <param name="System">Of a Coding.</param>
/// <param name="Display">Of a Coding.</param>
internal sealed record PropertyValue(string Type, string Text, string? System = null, string? Display = null);

/// <summary>A further name of a concept.</summary>
/// <param name="Language">BCP 47; null when not stated.</param>
/// <param name="UseSystem">What kind of name it is, as a coding.</param>
/// <param name="UseCode">Null when not stated.</param>
internal sealed record Designation(string? Language, string? UseSystem, string? UseCode, string Value);

/// <summary>A concept on its way into a <see cref="CodeSystem"/>.</summary>
internal sealed record NewConcept(string Code, string? Display)
{
    public string? Definition { get; init; }

    public bool Inactive { get; init; }

    /// <summary>For grouping only, not to be used as a code.</summary>
    public bool Abstract { get; init; }

    public IReadOnlyList<string> Parents { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, PropertyValue>> Properties { get; init; } = [];

    public IReadOnlyList<Designation> Designations { get; init; } = [];
}

/// <summary>How much of a code system is here (http://hl7.org/fhir/R4/valueset-codesystem-content-mode.html).</summary>
internal enum SystemContent
{
    Complete,
    Fragment,
    Example,
    NotPresent,
    Supplement,
}

/// <summary>What a code system is called.</summary>
internal sealed record SystemHeader(string Url, string? Version)
{
    public string? Name { get; init; }

    public string? Title { get; init; }

    public string? Language { get; init; }

    public string Status { get; init; } = "active";

    public bool CaseSensitive { get; init; } = true;

    public SystemContent Content { get; init; } = SystemContent.Complete;

    /// <summary>Properties that are declared, by code, with their FHIR type.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    /// <summary><c>url|version</c>.</summary>
    public string Canonical => Version is null ? Url : $"{Url}|{Version}";
}
