using System.Diagnostics;

namespace Salus.TestSupport;

/// <summary>
/// A data folder as a first start leaves it, made once per test process. A copy of it spares a server that a test starts more than half of the work of its start: most tests are
/// not about the first one.
/// </summary>
internal static class DataTemplate
{
    private static readonly Lazy<Task<string>> Made = new(MakeAsync);

    /// <summary>Makes the folder a copy, unless there is something; whole or not at all.</summary>
    public static async Task CopyToAsync(string folder)
    {
        if (OperatingSystem.IsWindows() || Directory.Exists(folder))
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        // With owners and modes: PostgreSQL's files may be another account's.
        using var copy = Process.Start("cp", ["-pR", await Made.Value, $"{folder}.part"]);
        await copy.WaitForExitAsync();
        if (copy.ExitCode != 0)
        {
            throw new InvalidOperationException($"cp ended with {copy.ExitCode}.");
        }

        Directory.Move($"{folder}.part", folder);
    }

    private static async Task<string> MakeAsync()
    {
        var folder = new TestFolder();
        Janitor.Watch(folder);
        using var salus = await SalusProcess.FirstAsync(folder["data"], 0);
        salus.Terminate();
        var code = await salus.EndAsync();
        return code == 0 ? folder["data"] : throw new InvalidOperationException($"The first start ended with {code}:\n{string.Join('\n', salus.Errors)}");
    }
}
