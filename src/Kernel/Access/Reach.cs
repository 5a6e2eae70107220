namespace Salus.Kernel;

/// <summary>
/// Of whom. Except for <see cref="All"/>, a resource is reached when it is in the Patient compartment of one of the patients meant; what is in no patient's
/// compartment is not reached, and types that never are (Practitioner, ValueSet) need a grant that reaches all. The record knows who the patients are.
/// </summary>
public abstract record Reach
{
    /// <summary>Every resource of the type.</summary>
    public static readonly Reach All = new EveryResource();

    private Reach()
    {
    }

    /// <summary>The patients with these logical ids.</summary>
    public static Reach Of(params IReadOnlyList<string> patients) => new Patients(patients);

    /// <inheritdoc cref="Reach.All"/>
    public sealed record EveryResource : Reach;

    /// <summary>Patients by their logical ids: a launch context, break-glass.</summary>
    public sealed record Patients(IReadOnlyList<string> Ids) : Reach
    {
        public bool Equals(Patients? other) => other is not null && Ids.SequenceEqual(other.Ids, StringComparer.Ordinal);

        public override int GetHashCode() => Ids.Count == 0 ? 0 : StringComparer.Ordinal.GetHashCode(Ids[0]);
    }

    /// <summary>The own record of a <c>Patient/1</c>, or those of the patients whom a <c>RelatedPerson/2</c> is a proxy of.</summary>
    public sealed record Own(string Person) : Reach;

    /// <summary>
    /// The patients whom somebody cares for: through a CareTeam, a current Encounter (as participant, or at a location where they work), as general practitioner.
    /// </summary>
    /// <param name="Person">The one who cares: <c>Practitioner/1</c>.</param>
    /// <param name="Wards">Locations where they work beside those of their PractitionerRoles: <c>Location/3</c>. The parts of a location count with it.</param>
    public sealed record Care(string Person, IReadOnlyList<string> Wards) : Reach
    {
        public bool Equals(Care? other) => other is not null && Person == other.Person && Wards.SequenceEqual(other.Wards, StringComparer.Ordinal);

        public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Person);
    }

    /// <summary>The subjects (ResearchSubject, active) of the studies whose principal investigator somebody is.</summary>
    public sealed record Studies(string Person) : Reach;

    /// <summary>Only resources that name the person themselves: an own Device's observations, an own Task (<c>device</c>, <c>owner</c>, <c>performer</c>, <c>author</c>).</summary>
    public sealed record Named(string Person) : Reach;
}
