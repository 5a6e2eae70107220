namespace Salus.Records.Tests.Support;

/// <summary>Finds the test data that is not part of the project: the folder in <c>SALUS_DATA</c>, or <c>shared/data</c> beside a parent folder.</summary>
internal static class TestData
{
    /// <summary>The folder or file, or null when it is not there.</summary>
    internal static string? Find(string relative)
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

/// <summary>A test on data that is not part of the project; skipped, with the reason, where it is not there.</summary>
internal sealed class DataFactAttribute : FactAttribute
{
    public DataFactAttribute(string relative)
    {
        if (TestData.Find(relative) is null)
        {
            Skip = $"There is no {relative} folder; set SALUS_DATA to the folder that holds it.";
        }
    }
}
