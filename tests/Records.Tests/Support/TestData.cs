using Salus.TestSupport;

namespace Salus.Records.Tests.Support;

/// <summary>The test data that is not part of the project.</summary>
internal static class TestData
{
    /// <summary>The folder or file, or null when it is not there.</summary>
    internal static string? Find(string relative) => SharedData.Find(relative);
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
