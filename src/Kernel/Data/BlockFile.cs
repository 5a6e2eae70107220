using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Salus.Kernel.EmbeddedPostgres;

namespace Salus.Kernel;

/// <summary>
/// A file of a fixed size that is written in place, in whole blocks. A write returns when its bytes are on disk. On Linux past the kernel's memory (O_DIRECT, O_DSYNC), in one call:
/// memory that is mapped and flushed takes three times the processor time (bench/results/amd-epyc-2-cores/audit.md). Not for several threads at once, but for <see cref="Sync"/>.
/// </summary>
public sealed unsafe class BlockFile : IDisposable
{
    /// <summary>Bytes of a block. Positions, and where a buffer begins, are multiples of it.</summary>
    public const int Block = 4096;

    private readonly FileStream file;
    private readonly bool late;
    private readonly SafeFileHandle? direct;
    private readonly byte* buffer;
    private bool disposed;

    private BlockFile(FileStream file, int buffered, bool late)
    {
        this.file = file;
        this.late = late;
        Most = buffered;
        Size = (int)file.Length;
        direct = OperatingSystem.IsLinux() && !late ? Libc.OpenDirect(file.Name) : null;
        buffer = (byte*)NativeMemory.AlignedAlloc((nuint)buffered, Block);
    }

    /// <summary>Of the file.</summary>
    public string Path => file.Name;

    /// <summary>Bytes of the file.</summary>
    public int Size { get; }

    /// <summary>How many bytes a read or write takes.</summary>
    public int Most { get; }

    /// <summary>A new file of zeros, on disk. Nobody else may open it as long as it is open.</summary>
    /// <param name="size">Bytes, a multiple of <see cref="Block"/>.</param>
    /// <param name="buffered">See <see cref="Most"/>; a multiple of <see cref="Block"/>.</param>
    /// <param name="late">Whether a write may return when the kernel has its bytes; they are on disk after <see cref="Sync"/> then.</param>
    /// <exception cref="IOException">There is no place for it.</exception>
    public static BlockFile Create(string path, int size, int buffered, bool late = false)
    {
        var settings = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            settings.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var file = new FileStream(path, settings);
        try
        {
            // Written, not only reserved: blocks that were never written change their state at their first write.
            var zeros = new byte[Math.Min(size, 1024 * 1024)];
            for (var left = size; left > 0; left -= zeros.Length)
            {
                file.Write(zeros.AsSpan(0, Math.Min(left, zeros.Length)));
            }

            file.Flush(flushToDisk: true);
            return new BlockFile(file, buffered, late);
        }
        catch
        {
            file.Dispose();
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Writes bytes, filled up with zeros to a whole block, and waits until they are on disk, or with the kernel.</summary>
    /// <exception cref="IOException">They are not.</exception>
    public void Write(long position, ReadOnlySpan<byte> bytes)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        for (; bytes.Length > 0; bytes = bytes[Math.Min(bytes.Length, Most)..], position += Most)
        {
            var part = bytes[..Math.Min(bytes.Length, Most)];
            var blocks = new Span<byte>(buffer, (part.Length + Block - 1) / Block * Block);
            part.CopyTo(blocks);
            blocks[part.Length..].Clear();
            RandomAccess.Write(direct ?? file.SafeFileHandle, blocks, position);
        }

        if (direct is null && !late)
        {
            RandomAccess.FlushToDisk(file.SafeFileHandle);
        }
    }

    /// <summary>Brings all that was written to disk. On any thread.</summary>
    /// <exception cref="IOException">It is not there.</exception>
    /// <exception cref="ObjectDisposedException">The file was closed.</exception>
    public void Sync() => RandomAccess.FlushToDisk(file.SafeFileHandle);

    /// <summary>Reads whole blocks from a position on.</summary>
    public byte[] Read(long position, int length)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        var bytes = new byte[length];
        for (var done = 0; done < length; done += Most)
        {
            var blocks = new Span<byte>(buffer, (Math.Min(Most, length - done) + Block - 1) / Block * Block);
            var read = RandomAccess.Read(direct ?? file.SafeFileHandle, blocks, position + done);
            blocks[..Math.Min(read, length - done)].CopyTo(bytes.AsSpan(done));
        }

        return bytes;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        direct?.Dispose();
        file.Dispose();
        NativeMemory.AlignedFree(buffer);
    }
}
