namespace Salus.Fhir.Definitions;

/// <summary>The FHIR R4 primitive types (http://hl7.org/fhir/R4/datatypes.html#primitive).</summary>
public enum PrimitiveKind : byte
{
    /// <summary>Not a primitive.</summary>
    None,
    Boolean,
    Integer,
    PositiveInt,
    UnsignedInt,
    Decimal,
    String,
    Markdown,
    Code,
    Id,
    Uri,
    Url,
    Canonical,
    Oid,
    Uuid,
    Base64Binary,
    Instant,
    Date,
    DateTime,
    Time,
    Xhtml,
}
