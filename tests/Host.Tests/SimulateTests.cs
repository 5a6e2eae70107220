using System.IO.Compression;
using Salus.TestSupport;

namespace Salus.Host.Tests;

public sealed class SimulateTests
{
    [Fact]
    public async Task Simulate_writes_as_many_lines_as_asked_for_and_the_rest_on_demand()
    {
        using var folder = new TestFolder();
        var whole = await LinesAsync(folder["whole.ndjson"], "--resources", "120");
        var rest = await LinesAsync(folder["rest.ndjson.gz"], "--resources", "120", "--skip", "100", "--seed", "1");
        Assert.Equal(120, whole.Length);
        Assert.Equal(whole[100..], rest);
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_said_in_one_line()
    {
        using var salus = SalusProcess.Start(["simulate", "--resources", "5", "--out", "/nowhere/at/all.ndjson"]);
        await salus.RefusedAsync("/nowhere/at/all.ndjson");
    }

    private static async Task<string[]> LinesAsync(string file, params string[] arguments)
    {
        using var salus = SalusProcess.Start(["simulate", "--out", file, .. arguments]);
        Assert.Equal(0, await salus.EndAsync());
        await using var bytes = File.OpenRead(file);
        await using Stream plain = file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(bytes, CompressionMode.Decompress) : bytes;
        using var reader = new StreamReader(plain);
        return (await reader.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
