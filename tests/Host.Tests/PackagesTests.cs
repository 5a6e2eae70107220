using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Salus.TestSupport;

namespace Salus.Host.Tests;

/// <summary><c>salus packages load</c> as a person runs it.</summary>
public sealed class PackagesTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task What_R4_has_already_is_one_line_and_what_is_new_is_named()
    {
        using var salus = SalusProcess.Start(["packages", "load", Package()], ("Salus__Records__Packages", folder["packages"]));
        Assert.True(await salus.EndAsync() == 0, string.Join('\n', salus.Errors));
        var lines = salus.Output().Split('\n');
        Assert.Contains("  2 search parameters are skipped, because R4 has them already: birthdate, name", lines);
        Assert.Contains("  search parameter shoe: new (http://e.org/SearchParameter/shoe)", lines);
        Assert.Contains(lines, l => l.StartsWith("  search parameter http://e.org/SearchParameter/draft is skipped: its status is draft", StringComparison.Ordinal));
        Assert.DoesNotContain("Choose another code", salus.Output(), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(folder["packages"], "e.guide-1.0.0.tgz")));
    }

    [Fact]
    public async Task A_folder_without_a_record_is_refused_and_not_made()
    {
        using var salus = SalusProcess.Start(["packages", "load", Package(), "--data", folder["data"]]);
        await salus.RefusedAsync("There is no record in", folder["data"], "salus serve");
        Assert.Equal(2, await salus.EndAsync());
        Assert.False(Directory.Exists(folder["data"]));
    }

    private string Package()
    {
        var path = folder["guide.tgz"];
        using var tar = new TarWriter(new GZipStream(File.Create(path), CompressionLevel.Fastest));
        Add(tar, "package.json", """{"name":"e.guide","version":"1.0.0","fhirVersions":["4.0.1"]}""");
        Add(tar, "SearchParameter-name.json", Parameter("name", "string", "Patient.name.given"));
        Add(tar, "SearchParameter-birthdate.json", Parameter("birthdate", "date", "Patient.birthDate"));
        Add(tar, "SearchParameter-shoe.json", Parameter("shoe", "string", "Patient.extension.where(url = 'http://e.org/shoe').value.ofType(string)"));
        Add(tar, "SearchParameter-draft.json", Parameter("draft", "string", "Patient.name.text").Replace("active", "draft", StringComparison.Ordinal));
        return path;
    }

    private static string Parameter(string code, string type, string expression) =>
        $$"""
        {"resourceType":"SearchParameter","url":"http://e.org/SearchParameter/{{code}}","name":"P","status":"active","description":"d","code":"{{code}}",
         "base":["Patient"],"type":"{{type}}","expression":"{{expression}}"}
        """;

    private static void Add(TarWriter tar, string name, string content) =>
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "package/" + name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) });
}
