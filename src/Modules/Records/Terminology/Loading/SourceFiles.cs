using System.IO.Compression;
using Salus.Kernel;

namespace Salus.Records.Terminology.Loading;

/// <summary>One file of a release, wherever it stands.</summary>
/// <param name="Name">Its path, inside the archive if there is one.</param>
/// <param name="Length">Bytes to read; of a compressed file outside an archive, those on disk.</param>
/// <param name="Open">Opens it for reading.</param>
internal sealed record SourceFile(string Name, long Length, Func<Stream> Open)
{
    public string FileName => Name[(Name.LastIndexOfAny(['/', '\\']) + 1)..];
}

/// <summary>The files that a load was given: files, folders with all below them, zip archives with what is in them, gzip files.</summary>
internal sealed class SourceFiles : IDisposable
{
    private readonly List<ZipArchive> archives = [];
    private readonly LoadProgress progress;

    private SourceFiles(LoadProgress progress) => this.progress = progress;

    public List<SourceFile> Files { get; } = [];

    /// <summary>The files on the disk that these are of, archives as they are.</summary>
    public List<string> OnDisk { get; } = [];

    /// <summary>What was given, for texts.</summary>
    public IReadOnlyList<string> Given { get; private set; } = [];

    public static Outcome<SourceFiles> Open(IReadOnlyList<string> paths, LoadProgress progress)
    {
        var sources = new SourceFiles(progress) { Given = paths };
        foreach (var path in paths)
        {
            try
            {
                sources.Add(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                sources.Dispose();
                return new Failure(FailureKind.NotFound, "not-found", $"{path} cannot be read: {e.Message}");
            }
        }

        return sources;
    }

    /// <summary>The file whose name fits; null when there is none.</summary>
    public SourceFile? Find(Func<string, bool> fits) => Files.Where(f => fits(f.FileName)).MinBy(f => f.Name.Length);

    public IEnumerable<SourceFile> FindAll(Func<string, bool> fits) => Files.Where(f => fits(f.FileName));

    public void Dispose() => archives.ForEach(a => a.Dispose());

    private void Add(string path)
    {
        if (Directory.Exists(path))
        {
            foreach (var file in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                Add(file);
            }
        }
        else if (path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
        {
            var archive = ZipFile.OpenRead(path);
            archives.Add(archive);
            OnDisk.Add(path);
            // Reading counts what comes out of it.
            Files.AddRange(archive.Entries.Where(e => e.Length > 0).Select(e => new SourceFile(e.FullName, e.Length, () => Counted(e.Open()))));
        }
        else
        {
            var length = new FileInfo(path) is { Exists: true } info ? info.Length : throw new FileNotFoundException("there is no such file or folder.");
            OnDisk.Add(path);
            Files.Add(path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)
                ? new SourceFile(path[..^3], length, () => new GZipStream(Counted(File.OpenRead(path)), CompressionMode.Decompress))
                : new SourceFile(path, length, () => Counted(File.OpenRead(path))));
        }
    }

    private CountingStream Counted(Stream stream) => new(stream, progress);

    /// <summary>Tells the progress how much was read.</summary>
    private sealed class CountingStream(Stream inner, LoadProgress progress) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => inner.Length;

        public override long Position { get => inner.Position; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var read = inner.Read(buffer);
            progress.AddRead(read);
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
