namespace Salus.Kernel;

/// <summary>
/// What one may do with resources of a type: the letters of SMART 2 (https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html#scopes-for-requesting-fhir-resources).
/// Every interaction and operation needs one or more of these.
/// </summary>
[Flags]
public enum Interactions
{
    None = 0,
    /// <summary><c>c</c>: create.</summary>
    Create = 1,
    /// <summary><c>r</c>: read, vread, the history of one resource.</summary>
    Read = 2,
    /// <summary><c>u</c>: update, patch.</summary>
    Update = 4,
    /// <summary><c>d</c>: delete.</summary>
    Delete = 8,
    /// <summary><c>s</c>: search, the history of a type or of all.</summary>
    Search = 16,
    All = Create | Read | Update | Delete | Search,
}
