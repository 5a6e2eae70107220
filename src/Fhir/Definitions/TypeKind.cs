namespace Salus.Fhir.Definitions;

/// <summary>The four families of FHIR types.</summary>
public enum TypeKind : byte
{
    /// <summary>A scalar such as <c>date</c>; in JSON a value beside an optional <c>_name</c> with its id and extensions.</summary>
    Primitive,
    /// <summary>A data type such as <c>HumanName</c>.</summary>
    Complex,
    /// <summary>A group of elements inside one resource or type, named by its path: <c>Patient.contact</c>.</summary>
    Backbone,
    /// <summary>A resource such as <c>Patient</c>, or the abstract <c>Resource</c> and <c>DomainResource</c>.</summary>
    Resource,
}
