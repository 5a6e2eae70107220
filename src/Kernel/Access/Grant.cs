namespace Salus.Kernel;

/// <summary>One thing that is allowed: interactions with resources of a type, as far as a reach.</summary>
/// <param name="Type">The resource type, or <see cref="AnyType"/>.</param>
/// <param name="Allows">The interactions.</param>
/// <param name="Reach">With which of these resources.</param>
public sealed record Grant(string Type, Interactions Allows, Reach Reach)
{
    /// <summary>Stands for every type.</summary>
    public const string AnyType = "*";

    /// <summary>All of everything.</summary>
    public static readonly Grant Everything = new(AnyType, Interactions.All, Reach.All) { Clearance = Confidentiality.VeryRestricted, HeedsConsent = false };

    /// <summary>Criteria that the resource has to meet too, as in the query of a search: <c>category=vital-signs&amp;status=final</c>. Null for none.</summary>
    public string? Criteria { get; init; }

    /// <summary>The highest confidentiality label (<c>meta.security</c>) that it opens.</summary>
    public Confidentiality Clearance { get; init; } = Confidentiality.Normal;

    /// <summary>False where a patient's Consent does not hold back: the patient's own record, break-glass.</summary>
    public bool HeedsConsent { get; init; } = true;
}

/// <summary>The labels of http://terminology.hl7.org/CodeSystem/v3-Confidentiality above which access needs a clearance. No label, and any below these, is normal.</summary>
public enum Confidentiality
{
    /// <summary><c>U</c>, <c>L</c>, <c>M</c>, <c>N</c>, or no label.</summary>
    Normal,
    /// <summary><c>R</c>.</summary>
    Restricted,
    /// <summary><c>V</c>.</summary>
    VeryRestricted,
}
