namespace Salus.Faults.Tests.Support;

/// <summary><c>salus import</c> into a server, in a process of its own.</summary>
internal sealed class ImportProcess(string folder, Uri server, SyntheaSample sample) : IDisposable
{
    private readonly SalusProcess process = SalusProcess.Start(["import", "--server", $"{server}", "--state", Path.Combine(folder, "import"), .. sample.Paths]);

    /// <summary>It comes to its end, and its own account of in = stored = searchable is even.</summary>
    public async Task CompleteAsync()
    {
        var code = await process.EndAsync();
        Assert.True(code == 0, $"exit code {code}:\n{string.Join('\n', process.Errors)}\n{process.Output()}");
    }

    public void Dispose() => process.Dispose();
}
