using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Profiles;
using Salus.Kernel;

namespace Salus.Records.Packages;

/// <summary>The implementation guides that this server works with: those in the folder of packages when it started. Safe for all threads.</summary>
internal sealed class LoadedPackages
{
    private readonly Lazy<Content> content;

    public LoadedPackages(FhirDefinitions definitions, Database database, IOptions<RecordsOptions> options, ILogger<LoadedPackages> logger) =>
        // The data folder is known only once the database runs.
        content = new(() => Load(options.Value.Packages ?? (database.Folder is { } data ? PackageStore.FolderIn(data) : null), definitions, logger));

    /// <summary>R4's own profiles and extensions, and those of the packages.</summary>
    public ProfileSet Profiles => content.Value.Profiles;

    /// <summary>The SearchParameter resources of the packages.</summary>
    public IReadOnlyList<ResourceDocument> SearchParameters => content.Value.SearchParameters;

    /// <summary>Canonical URLs of the packages' profiles by the resource type that they constrain.</summary>
    public ILookup<string, string> Supported => content.Value.Supported;

    private static Content Load(string? folder, FhirDefinitions definitions, ILogger logger)
    {
        var profiles = new ProfileSet(definitions);
        var own = profiles.Profiles.Select(p => p.Url).ToHashSet(StringComparer.Ordinal);
        var parameters = new List<ResourceDocument>();
        foreach (var path in PackageStore.Files(folder))
        {
            try
            {
                using var stream = File.OpenRead(path);
                foreach (var resource in PackageFile.Read(stream, definitions).Resources)
                {
                    profiles.Add(resource);
                    if (resource.Type.Name == "SearchParameter")
                    {
                        parameters.Add(resource);
                    }
                }
            }
            catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                RecordsLog.PackageLeftOut(logger, path, e.Message);
            }
        }

        var supported = profiles.Profiles.Where(p => p.Type.Kind == TypeKind.Resource && !own.Contains(p.Url)).ToLookup(p => p.Type.Name, p => p.Url, StringComparer.Ordinal);
        return new Content(profiles, parameters, supported);
    }

    private sealed record Content(ProfileSet Profiles, IReadOnlyList<ResourceDocument> SearchParameters, ILookup<string, string> Supported);
}
