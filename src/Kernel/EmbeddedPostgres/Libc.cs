using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Salus.Kernel.EmbeddedPostgres;

/// <summary>The calls of the C library that .NET does not offer.</summary>
[UnsupportedOSPlatform("windows")]
internal static partial class Libc
{
    public const int Interrupt = 2;
    public const int Quit = 3;
    public const int Kill = 9;

    /// <summary>Gives a file to an account. Does not follow a link: the target may belong to somebody else.</summary>
    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ChangeOwner(string path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Signal(int process, int signal);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    /// <summary>Opens a file for writes that return when they are on disk, past the kernel's memory where the file system can. Null where it cannot be opened so.</summary>
    public static SafeFileHandle? OpenDirect(string path)
    {
        // https://man7.org/linux/man-pages/man2/open.2.html: O_RDWR, O_DSYNC, O_CLOEXEC; the number of O_DIRECT is one of the processor's.
        const int durable = 0x2 | 0x1000 | 0x80000;
        var direct = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x10000 : 0x4000;
        var descriptor = Open(path, durable | direct);
        descriptor = descriptor < 0 ? Open(path, durable) : descriptor;
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Reads a small file without the advisory lock that .NET would ask for.</summary>
    public static string? ReadUnlocked(string path)
    {
        var descriptor = Open(path, 0);
        if (descriptor < 0)
        {
            return null;
        }

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        Span<byte> buffer = stackalloc byte[256];
        var length = RandomAccess.Read(handle, buffer, 0);
        return System.Text.Encoding.UTF8.GetString(buffer[..length]);
    }
}
