using System.IO.Compression;
using Salus.Fhir;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Views;

namespace Salus.Host.Commands;

/// <summary>A file of FHIR resources for a view: line by line, or a .json that is read as a whole; compressed with gzip when its name ends so.</summary>
internal sealed class ViewInput : IDisposable
{
    private readonly string path;
    private readonly Stream stream;
    private readonly ResourceLines? lines;
    private bool read;

    private ViewInput(string path, Stream stream, bool byLine)
    {
        this.path = path;
        this.stream = stream;
        lines = byLine ? new ResourceLines(stream, FhirDefinitions.R4) : null;
    }

    /// <summary>What is wrong with the file, when it is.</summary>
    public Issue? Issue { get; private set; }

    /// <summary>The file, and the line that was read last.</summary>
    public string Place => lines is null ? path : $"{path}, line {lines.Line}";

    public long Resources { get; private set; }

    public static ViewInput Open(string path)
    {
        Stream stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        var name = path;
        if (name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
        {
            stream = new GZipStream(stream, CompressionMode.Decompress);
            name = name[..^3];
        }

        return new ViewInput(path, stream, byLine: !name.EndsWith(".json", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Gives the rows of the next piece of the file. False at its end, or when it is wrong.</summary>
    public bool TryNext(ViewRun run, IViewRows rows, out Issue? issue)
    {
        if (lines is not null)
        {
            var more = lines.TryNext(run, rows, out issue);
            Resources = lines.Resources;
            Issue = issue;
            return more;
        }

        issue = null;
        if (read)
        {
            return false;
        }

        read = true;
        using var content = new MemoryStream();
        stream.CopyTo(content);
        var resources = 0;
        var fits = ResourceReader.TryRead(content.GetBuffer().AsMemory(0, (int)content.Length), FhirDefinitions.R4, out var document, out issue)
            && run.TryAddAll(document.Root, rows, out resources, out issue);
        Resources = resources;
        Issue = issue;
        return fits;
    }

    public void Dispose() => stream.Dispose();
}
