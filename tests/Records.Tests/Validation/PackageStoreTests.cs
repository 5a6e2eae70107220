using Salus.Records.Tests.Support;
using Salus.TestSupport;

namespace Salus.Records.Tests.Validation;

public sealed class PackageStoreTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_package_is_kept_under_its_name_and_replaces_other_versions()
    {
        var store = new PackageStore(folder["packages"]);
        var content = store.Load(TestPackage.Write(folder["in"]));
        Assert.Equal(("example.guide", "1.0.0", "A guide", 2), (content.Name, content.Version, content.Title, content.Counts["StructureDefinition"]));
        Assert.Contains(content.Notes, n => n.StartsWith("StructureDefinition-broken.json", StringComparison.Ordinal));
        store.Load(TestPackage.Write(folder["in"], "1.1.0"));
        Assert.Equal(["example.guide-1.1.0.tgz"], store.List().Select(p => p.File));
    }

    [Fact]
    public void A_broken_file_in_the_folder_keeps_no_package_out()
    {
        var store = new PackageStore(folder["packages"]);
        Directory.CreateDirectory(store.Folder);
        File.WriteAllText(Path.Combine(store.Folder, "broken.tgz"), "nothing");
        store.Load(TestPackage.Write(folder["in"]));
        store.Load(TestPackage.Write(folder["in"], "1.1.0"));
        Assert.Equal(["broken.tgz", "example.guide-1.1.0.tgz"], store.List().Select(p => p.File));
    }

    [Theory]
    [InlineData("is not a whole gzipped tar")]
    [InlineData("package.json", "package/StructureDefinition-a.json", "{}")]
    [InlineData("has no name", "package/package.json", "{}")]
    [InlineData("cannot be read", "package/package.json", "nonsense")]
    [InlineData("FHIR 5.0.0", "package/package.json", """{"name":"a","fhirVersions":["5.0.0"]}""")]
    public void What_is_no_package_is_refused_with_the_reason(string reason, string? name = null, string content = "")
    {
        var file = folder["a.tgz"];
        if (name is null)
        {
            File.WriteAllBytes(file, [31, 139, 8, 0, 1, 2, 3]);
        }
        else
        {
            TestPackage.Write(file, (name, content));
        }

        Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => new PackageStore(folder["packages"]).Load(file)).Message, StringComparison.Ordinal);
        Assert.Empty(new PackageStore(folder["packages"]).List());
    }

    [Fact]
    public void Broken_JSON_of_any_name_is_noted_and_what_is_no_resource_is_not()
    {
        var content = new PackageStore(folder["packages"]).Load(TestPackage.Write(
            folder["a.tgz"], ("package/package.json", """{"name":"a","version":"1.0.0"}"""), ("package/.index.json", """{"index-version":1}"""), ("package/codes.json", """{"resourceType":"CodeSystem","""),
            ("package/example/x.json", "{")));
        Assert.Equal("codes.json is not JSON and is left out", Assert.Single(content.Notes));
    }

    [Fact]
    public void A_file_that_is_too_large_is_noted_and_not_read()
    {
        var blank = new string(' ', (50 * 1024 * 1024) - 2);
        var content = new PackageStore(folder["packages"]).Load(TestPackage.Write(
            folder["a.tgz"], ("package/package.json", """{"name":"a","version":"1.0.0"}"""), ("package/large.json", $"{{}}{blank}"), ("package/larger.json", $"{{}}{blank} ")));
        Assert.Equal("larger.json is larger than 50 MB and is left out", Assert.Single(content.Notes));
        var wrong = Assert.Throws<InvalidDataException>(() => new PackageStore(folder["packages"]).Load(TestPackage.Write(folder["b.tgz"], ("package/package.json", $"{{}}{blank} "))));
        Assert.Contains("at most 50 MB", wrong.Message, StringComparison.Ordinal);
    }

    [DataFact("us-core")]
    public void US_Core_is_a_package_and_four_invariants_of_it_are_not_FHIRPath_for_R4()
    {
        var content = new PackageStore(folder["packages"]).Load(Directory.GetFiles(TestData.Find("us-core")!, "*.tgz").Single());
        Assert.Equal("hl7.fhir.us.core", content.Name);
        Assert.Equal((29, 31, 74), (content.Counts["StructureDefinition"], content.Counts["ValueSet"], content.Counts["SearchParameter"]));
        Assert.Equal(4, content.Notes.Count);
        Assert.All(content.Notes, n => Assert.Contains("is not FHIRPath for", n, StringComparison.Ordinal));
    }
}
