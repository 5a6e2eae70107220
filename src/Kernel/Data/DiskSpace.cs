namespace Salus.Kernel;

/// <summary>
/// Whether the disk of the embedded server has room for writes. Below the reserve they are to be refused before they begin: a PostgreSQL that finds no
/// room for its log of changes ends with a panic, and all reading ends with it.
/// </summary>
public sealed class DiskSpace(Database database, KernelOptions options, TimeProvider time)
{
    private const long MiB = 1024 * 1024;
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    private long lookedAt = long.MinValue;
    private volatile bool full;

    /// <summary>Less is free than the reserve. Always false with an outside server, whose disk is not ours to look at.</summary>
    public bool Full
    {
        get
        {
            var now = time.GetTimestamp();
            if (Volatile.Read(ref lookedAt) is var last && (last == long.MinValue || time.GetElapsedTime(last, now) > Glance))
            {
                Volatile.Write(ref lookedAt, now);
                full = Free() < options.DiskReserveMegabytes * MiB;
            }

            return full;
        }
    }

    private long Free()
    {
        if (!database.Embedded || database.Folder is not { } folder)
        {
            return long.MaxValue;
        }

        try
        {
            // On Windows a folder's drive is asked for; elsewhere any path leads to the file system that it is on.
            return new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(folder)! : folder).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Unknown is not full: PostgreSQL itself will say.
            return long.MaxValue;
        }
    }
}
