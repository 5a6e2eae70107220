using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using Salus.Simulation;

namespace Salus.Host.Commands;

/// <summary><c>salus simulate --resources</c>: a made-up record of any size as NDJSON, for measurements. Exit code 2: the file cannot be written.</summary>
internal static class SimulateRecord
{
    // Between two looks at Ctrl-C.
    private const long Step = 10_000;

    /// <param name="path">The file; - for the standard output.</param>
    /// <param name="skip">Positions left out at the beginning.</param>
    /// <param name="resources">The position behind the last.</param>
    public static int Run(ScaleRecord record, string path, long skip, long resources, CancellationToken stop)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            long bytes = 0;
            using (var output = Open(path))
            {
                for (var first = skip; first < resources && !stop.IsCancellationRequested; first += Step)
                {
                    bytes += record.Write(output, first, Math.Min(Step, resources - first));
                }
            }

            var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{Math.Max(0, resources - skip):N0} resources, {bytes / 1e6:N0} MB in {seconds:N1} s ({Math.Max(0, resources - skip) / Math.Max(seconds, 0.001):N0} per second)"));
            return stop.IsCancellationRequested ? 130 : 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"salus: {path} cannot be written: {e.Message}");
            return 2;
        }
    }

    private static Stream Open(string path)
    {
        if (path == "-")
        {
            return Console.OpenStandardOutput();
        }

        var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        return path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionLevel.Fastest) : file;
    }
}
