namespace Salus.Simulation.Json;

internal sealed record Code(string System, string Value, string Display);

/// <summary>A FHIR CodeableConcept: what a clinician reads, and its codings.</summary>
internal sealed record Concept(string Text, params Code[] Codes);

internal static class Terms
{
    public const string Ucum = "http://unitsofmeasure.org";
    public const string Ids = "https://salus-demo.example.org/ids/";

    public static Code Snomed(string code, string display) => new("http://snomed.info/sct", code, display);
    public static Code Loinc(string code, string display) => new("http://loinc.org", code, display);
    public static Code Icd10(string code, string display) => new("http://hl7.org/fhir/sid/icd-10-cm", code, display);
    public static Code RxNorm(string code, string display) => new("http://www.nlm.nih.gov/research/umls/rxnorm", code, display);
    public static Code Cvx(string code, string display) => new("http://hl7.org/fhir/sid/cvx", code, display);
    public static Code Hl7(string system, string code, string display) => new("http://terminology.hl7.org/CodeSystem/" + system, code, display);

    public static Concept Concept(this Code code) => new(code.Display, code);
}
