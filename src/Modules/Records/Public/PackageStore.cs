using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Profiles;
using Salus.Fhir.Search;
using Salus.Records.Packages;
using Salus.Records.SearchParameters;

namespace Salus.Records;

/// <summary>What is in a package of an implementation guide.</summary>
/// <param name="Name">As published: <c>hl7.fhir.us.core</c>.</param>
/// <param name="Version">Its version.</param>
/// <param name="Title">Its title, or empty.</param>
/// <param name="Counts">How many definitions of which type it has.</param>
/// <param name="Notes">What in it is not used, or is used in part, and why.</param>
public sealed record PackageContent(string Name, string Version, string Title, IReadOnlyDictionary<string, int> Counts, IReadOnlyList<string> Notes)
{
    /// <summary>Its SearchParameter resources, judged against R4 alone: on a server, those that it has already count as well.</summary>
    public IReadOnlyList<PackageSearchParameter> SearchParameters { get; init; } = [];
}

/// <summary>A SearchParameter of a package.</summary>
/// <param name="Url">Its canonical URL.</param>
/// <param name="Code">The name that it is searched by.</param>
/// <param name="Skipped">Why it adds nothing; null when it does.</param>
public sealed record PackageSearchParameter(string Url, string Code, string? Skipped)
{
    /// <summary>It adds nothing because R4 has a parameter of that code for one of its types already.</summary>
    public bool IsOfR4 { get; init; }

    internal static PackageSearchParameter Of(Element resource, string? skipped) => new(resource.Child("url"u8).AsString() ?? "", resource.Child("code"u8).AsString() ?? "", skipped);
}

/// <summary>The folder with the packages that servers load when they start. Its files are the packages as published, named <c>name-version.tgz</c>.</summary>
public sealed class PackageStore(string folder)
{
    public string Folder => folder;

    /// <summary>Where the packages of a data folder are.</summary>
    public static string FolderIn(string data) => Path.Combine(data, "packages");

    /// <summary>Copies a package into the folder, in place of another version of it.</summary>
    /// <exception cref="InvalidDataException">It is not a package for R4; the message says why.</exception>
    /// <exception cref="IOException">It cannot be read, or the folder not written.</exception>
    public PackageContent Load(string file)
    {
        var content = Read(file);
        Directory.CreateDirectory(folder);
        var name = FileName(content);
        var part = Path.Combine(folder, name + ".part");
        File.Copy(file, part, overwrite: true);
        File.Move(part, Path.Combine(folder, name), overwrite: true);
        foreach (var (other, _, _) in List().Where(p => p.File != name && p.Content?.Name == content.Name))
        {
            File.Delete(Path.Combine(folder, other));
        }

        return content;
    }

    /// <summary>What is in the folder, by file; in place of a package that cannot be read, why.</summary>
    public IEnumerable<(string File, PackageContent? Content, string? Problem)> List()
    {
        foreach (var file in Files(folder))
        {
            PackageContent? content = null;
            string? problem = null;
            try
            {
                content = Read(file);
            }
            catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                problem = e.Message;
            }

            yield return (Path.GetFileName(file), content, problem);
        }
    }

    internal static IEnumerable<string> Files(string? folder) =>
        folder is not null && Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.tgz").Order(StringComparer.Ordinal) : [];

    private static PackageContent Read(string file)
    {
        using var stream = File.OpenRead(file);
        var package = PackageFile.Read(stream, FhirDefinitions.R4);
        var profiles = new ProfileSet(FhirDefinitions.R4);
        package.Resources.ForEach(r => profiles.Add(r));
        var notes = package.LeftOut.Select(f => $"{f} and is left out")
            .Concat(package.Resources.Where(r => r.Type.Name == "StructureDefinition")
                .Select(r => r.Root.Child("url"u8).AsString() ?? "")
                .SelectMany(url => (profiles.Problems(url) ?? []).Select(p => $"{url[(url.LastIndexOf('/') + 1)..]}: {p}")))
            .Distinct().ToList();
        var counts = package.Resources.GroupBy(r => r.Type.Name).ToDictionary(g => g.Key, g => g.Count());
        return new PackageContent(package.Name, package.Version, package.Title, counts, notes) { SearchParameters = Judged(package.Resources.FindAll(r => r.Type.Name == "SearchParameter")) };
    }

    private static List<PackageSearchParameter> Judged(List<ResourceDocument> resources)
    {
        var published = new SearchParameterSet(FhirDefinitions.R4).Current;
        var taken = new Dictionary<ResourceDocument, SearchParameter>();
        var reasons = new Dictionary<ResourceDocument, string?>();
        // A composite may stand in front of its components.
        for (var before = -1; before < taken.Count;)
        {
            before = taken.Count;
            foreach (var resource in resources.Where(r => !taken.ContainsKey(r)))
            {
                reasons[resource] = AddedParameters.Reason(resource.Root, published.With([.. taken.Values], 0), null, out var definition);
                if (reasons[resource] is null)
                {
                    taken.Add(resource, definition!);
                }
            }
        }

        return resources.ConvertAll(r => reasons[r] is not null && OfR4(r.Root, published) is { } known
            ? PackageSearchParameter.Of(r.Root, $"R4 has '{known.Definition.Code}' already ({known.Definition.Url})") with { IsOfR4 = true }
            : PackageSearchParameter.Of(r.Root, reasons[r]));
    }

    // Publishers of a guide repeat what they use of R4; nobody who loads it can choose another code.
    private static ResourceParameter? OfR4(Element parameter, SearchParameterSnapshot published)
    {
        var code = parameter.Child("code"u8).AsString() ?? "";
        foreach (var type in parameter.Named("base"))
        {
            var name = type.AsString() ?? "";
            if (published.Definitions.ResourceTypes.Where(t => t.Is(name)).Select(t => published.Find(t.Name, code)).FirstOrDefault(p => p is not null) is { } known)
            {
                return known;
            }
        }

        return null;
    }

    // The name comes from the package itself: nothing in it may lead out of the folder.
    private static string FileName(PackageContent content) =>
        string.Concat($"{content.Name}-{content.Version}".Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '_')).TrimStart('.') + ".tgz";
}
