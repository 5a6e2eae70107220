using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Salus.Bench;

/// <summary>What a result was measured on.</summary>
internal static partial class Machine
{
    /// <summary>A folder name for results of this kind of machine, such as <c>amd-epyc-2-cores</c>.</summary>
    public static string Name { get; } = $"{NotAWord().Replace(Processor.ToLowerInvariant(), "-").Trim('-')}-{Environment.ProcessorCount}-cores";

    private static string Processor => Fact("/proc/cpuinfo", "model name") ?? RuntimeInformation.OSArchitecture.ToString();

    /// <summary>The 1, 5 and 15 minute load averages; "unknown" where the system does not say.</summary>
    public static string Load => File.Exists("/proc/loadavg") ? string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3)) : "unknown";

    public static string Describe()
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Processor}, {Environment.ProcessorCount} cores (virtual, shared with other work), {memory:F0} GiB memory, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}");
    }

    private static string? Fact(string file, string name) => !File.Exists(file)
        ? null
        : File.ReadLines(file).FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim();

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NotAWord();
}
