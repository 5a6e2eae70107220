using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace Salus.Records.Tests.Validation;

/// <summary>Writes packages as they are published.</summary>
internal static class TestPackage
{
    public const string Profile = "http://example.org/StructureDefinition/named-patient";

    private const string Definition =
        """
        {"resourceType":"StructureDefinition","url":"http://example.org/StructureDefinition/named-patient","name":"NamedPatient","title":"Named patient","status":"draft","kind":"resource",
         "abstract":false,"type":"Patient","baseDefinition":"http://hl7.org/fhir/StructureDefinition/Patient","derivation":"constraint",
         "differential":{"element":[{"id":"Patient.name","path":"Patient.name","min":2}]}}
        """;

    /// <summary>An observation whose method comes from a value set that the package does not have.</summary>
    public const string Coded = "http://example.org/StructureDefinition/coded-observation";

    private const string CodedDefinition =
        """
        {"resourceType":"StructureDefinition","url":"http://example.org/StructureDefinition/coded-observation","name":"CodedObservation","status":"draft","kind":"resource",
         "abstract":false,"type":"Observation","baseDefinition":"http://hl7.org/fhir/StructureDefinition/Observation","derivation":"constraint",
         "differential":{"element":[{"id":"Observation.method","path":"Observation.method","binding":{"strength":"required","valueSet":"http://example.org/ValueSet/methods"}}]}}
        """;

    /// <summary>A guide with two profiles: a patient with two names, an observation with a coded method.</summary>
    public static string Write(string folder, string version = "1.0.0") => Write(
        Path.Combine(folder, "guide.tgz"),
        ("package/package.json", $$"""{"name":"example.guide","version":"{{version}}","title":"A guide","fhirVersions":["4.0.1"]}"""),
        ("package/StructureDefinition-named-patient.json", Definition),
        ("package/StructureDefinition-coded-observation.json", CodedDefinition),
        ("package/StructureDefinition-broken.json", """{"resourceType":"StructureDefinition","url":1,"url":2}"""),
        ("package/example/Patient-x.json", """{"resourceType":"Patient"}"""));

    public static string Write(string path, params (string Name, string Content)[] files)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var zip = new GZipStream(File.Create(path), CompressionLevel.Fastest);
        using var tar = new TarWriter(zip);
        foreach (var (name, content) in files)
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) });
        }

        return path;
    }
}
