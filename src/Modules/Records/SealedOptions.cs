using System.ComponentModel.DataAnnotations;

namespace Salus.Records;

/// <summary>What is stored encrypted, section <c>Salus:Records:Sealed</c>; docs/sealing.md.</summary>
public sealed class SealedOptions
{
    /// <summary>The national identifiers that are sealed unless other systems are named.</summary>
    public const string NationalSystems =
        "http://hl7.org/fhir/sid/us-ssn urn:oid:2.16.840.1.113883.4.1 https://fhir.nhs.uk/Id/nhs-number http://fhir.nl/fhir/NamingSystem/bsn urn:oid:2.16.840.1.113883.2.4.6.3 "
        + "http://ns.electronichealth.net.au/id/hi/ihi/1.0 http://fhir.de/sid/gkv/kvid-10 urn:oid:1.2.208.176.1.2 urn:oid:1.2.752.129.2.1.3.1 urn:oid:2.16.578.1.12.4.1.4.1 urn:oid:1.2.246.21";

    /// <summary>
    /// Systems of identifiers whose values are sealed wherever they stand, with a blank between; empty for none. Default: national identifiers of the USA, England, the Netherlands,
    /// Australia, Germany, Denmark, Sweden, Norway and Finland.
    /// </summary>
    public string Systems { get; set; } = NationalSystems;

    /// <summary>Codes of <c>Identifier.type</c> (http://terminology.hl7.org/CodeSystem/v2-0203) whose values are sealed whatever their system, with a blank between: <c>SS NI NH</c>. Default none.</summary>
    [RegularExpression(@"^\s*([A-Za-z0-9]+\s*)*$", ErrorMessage = "Types takes codes of v2-0203 with a blank between, such as SS NI.")]
    public string Types { get; set; } = "";

    /// <summary>Elements that are sealed, by their paths, with a blank between: <c>Patient.telecom.value</c>. Texts (string, markdown) that no text search finds. Default none.</summary>
    public string Paths { get; set; } = "";

    /// <summary>The file with the keys. Default: <c>keys/sealing.json</c> in the data folder, made at the first start. A file that is named here has to exist.</summary>
    public string? KeyFile { get; set; }

    /// <summary>Instead of a file, the keys that values are sealed with, as a secret of the environment: <c>id:base64</c> of 32 bytes each, with a blank between; the last one seals.</summary>
    public string? Keys { get; set; }

    /// <summary>With <see cref="Keys"/>: the keys of the hashes that sealed values are found by, in the same form; the last one is used for what is written.</summary>
    public string? HashKeys { get; set; }

    /// <summary>Whether stored values are sealed again in the background when rules or keys have changed. Default true; otherwise by <c>salus keys reseal</c>.</summary>
    public bool Reseal { get; set; } = true;

    /// <summary>Whether the tables of views get the plain values. Default false: they get <c>sealed:</c> and the keyed hash, equal for equal values.</summary>
    public bool PlainInViews { get; set; }
}
