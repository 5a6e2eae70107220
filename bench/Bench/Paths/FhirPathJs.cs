using System.Diagnostics;
using System.Text.Json;

namespace Salus.Bench.Paths;

/// <summary>What fhirpath.js measured: <c>bench/fhirpath-js/run.mjs</c>.</summary>
internal sealed record FhirPathJsResult(
    string Version, string Node, IReadOnlyList<Unsupported> Unsupported, IReadOnlyDictionary<string, long> Values, IReadOnlyList<double> Evaluation, IReadOnlyList<double> Reading);

/// <summary>An expression that fhirpath.js refuses.</summary>
internal sealed record Unsupported(string Type, string Expression, string Reason);

/// <summary>Installs and runs fhirpath.js.</summary>
internal static class FhirPathJs
{
    private static readonly string Folder = Path.Combine("bench", "fhirpath-js");
    private static readonly JsonSerializerOptions Names = new(JsonSerializerDefaults.Web);

    public static async Task<FhirPathJsResult> RunAsync(string data, int passes)
    {
        if (!Directory.Exists(Path.Combine(Folder, "node_modules", "fhirpath")))
        {
            await ProcessAsync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
        }

        var text = await ProcessAsync("node", ["run.mjs", Path.GetFullPath(data), $"{passes}"]);
        return JsonSerializer.Deserialize<FhirPathJsResult>(text, Names) ?? throw new InvalidDataException("run.mjs printed nothing.");
    }

    private static async Task<string> ProcessAsync(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} does not start.");
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? text : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} in {Folder} failed with {process.ExitCode}.");
    }
}
