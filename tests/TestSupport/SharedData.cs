namespace Salus.TestSupport;

/// <summary>Finds the test data that is not part of the project: the folder in <c>SALUS_DATA</c>, or <c>shared/data</c> beside a parent folder.</summary>
public static class SharedData
{
    /// <summary>The folder or file, or null when it is not there.</summary>
    public static string? Find(string relative)
    {
        if (Environment.GetEnvironmentVariable("SALUS_DATA") is { Length: > 0 } stated)
        {
            return Existing(Path.Combine(stated, relative));
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Existing(Path.Combine(folder.FullName, "shared", "data", relative)) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static string? Existing(string path) => Directory.Exists(path) || File.Exists(path) ? path : null;
}
