namespace Salus.Records.Http;

/// <summary>What a write answers with: <c>Prefer: return=...</c> (http://hl7.org/fhir/R4/http.html#ops).</summary>
internal enum ReturnPreference
{
    /// <summary>Nothing was asked for: alone the resource, in a bundle none.</summary>
    Unstated,

    /// <summary>Status and headers.</summary>
    Minimal,

    /// <summary>The resource as it is stored.</summary>
    Representation,

    /// <summary>An OperationOutcome that says what was done.</summary>
    OperationOutcome,
}
