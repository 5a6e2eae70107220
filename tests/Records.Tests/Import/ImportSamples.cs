using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace Salus.Records.Tests.Import;

/// <summary>Small sources for imports.</summary>
internal static class ImportSamples
{
    public static string Patient(string id, string gender = "female") => $$"""{"resourceType":"Patient","id":"{{id}}","gender":"{{gender}}","birthDate":"1970-01-01"}""";

    /// <summary>A transaction that creates a patient and some observations of it, whose performer is found by its identifier if there is one.</summary>
    public static string Stay(string mrn, int observations, string? performer = null, string birth = "1970-01-01")
    {
        var by = performer is null ? "" : $$""","performer":[{"reference":"Practitioner?identifier=urn:npi|{{performer}}"}]""";
        var entries = Enumerable.Range(0, observations).Select(i => Post(
            $"urn:uuid:00000000-0000-4000-8000-{i:x12}", "Observation",
            $$"""{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"urn:uuid:11111111-0000-4000-8000-000000000000"}{{by}},"valueInteger":{{i}}}"""));
        var patient = Post(
            "urn:uuid:11111111-0000-4000-8000-000000000000", "Patient",
            $$"""{"resourceType":"Patient","identifier":[{"system":"urn:mrn","value":"{{mrn}}"}],"birthDate":"{{birth}}"}""");
        return $$"""{"resourceType":"Bundle","type":"transaction","entry":[{{string.Join(',', entries.Prepend(patient))}}]}""";
    }

    public static string Practitioner(string npi) => $$"""{"resourceType":"Practitioner","id":"dr-{{npi}}","identifier":[{"system":"urn:npi","value":"{{npi}}"}]}""";

    public static byte[] Gzip(string text)
    {
        var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Optimal))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return stream.ToArray();
    }

    public static void Tar(string path, params (string Name, byte[] Content)[] members)
    {
        using var file = File.Create(path);
        using var gzip = new GZipStream(file, CompressionLevel.Fastest);
        using var tar = new TarWriter(gzip, TarEntryFormat.Pax);
        foreach (var (name, content) in members)
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        }
    }

    private static string Post(string fullUrl, string type, string resource) =>
        $$"""{"request":{"method":"POST","url":"{{type}}"},"fullUrl":"{{fullUrl}}","resource":{{resource}} }""";
}
