using Salus.TestSupport;

namespace Salus.Records.Tests.Support;

/// <summary>The test data that is not part of the project.</summary>
internal static class TestData
{
    /// <summary>The folder or file, or null when it is not there.</summary>
    internal static string? Find(string relative) => SharedData.Find(relative);
}

/// <summary>A test on data that is not part of the project; skipped, with the reason, where any of it is not there.</summary>
internal sealed class DataFactAttribute : FactAttribute
{
    public DataFactAttribute(params string[] relative)
    {
        var missing = relative.Where(r => TestData.Find(r) is null).ToList();
        if (missing.Count > 0)
        {
            Skip = $"There is no {string.Join(" and no ", missing)}; set SALUS_DATA to the folder that holds it.";
        }
    }
}
