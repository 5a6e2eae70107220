using System.Diagnostics;

namespace Salus.Faults.Tests.Support;

/// <summary>A disk of a few hundred megabytes: a file system in memory, mounted below the temporary folder. Only root may do that.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const long MiB = 1024 * 1024;
    private readonly TestFolder folder = new();
    private readonly string ballast;

    public SmallDisk(int megabytes)
    {
        Path = folder["disk"];
        ballast = System.IO.Path.Combine(Path, "ballast");
        Directory.CreateDirectory(Path);
        Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=755", "salus-test", Path);
    }

    public string Path { get; }

    public long FreeMegabytes => new DriveInfo(Path).AvailableFreeSpace / MiB;

    /// <summary>Another program's file takes what is there, but for so much.</summary>
    public void FillUpTo(int megabytesLeft)
    {
        using var file = new FileStream(ballast, FileMode.Append);
        var block = new byte[MiB / 4];
        while (FreeMegabytes > megabytesLeft)
        {
            file.Write(block);
            file.Flush();
        }
    }

    /// <summary>Somebody removes it.</summary>
    public void Clear() => File.Delete(ballast);

    public void Dispose()
    {
        Run("umount", Path);
        folder.Dispose();
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {errors}");
    }
}

/// <summary>A test that needs a small disk: skipped where nobody may mount one, except on a build machine, where that is a failure.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SmallDiskFactAttribute : FactAttribute
{
    /// <summary>Skips without root.</summary>
    public SmallDiskFactAttribute()
    {
        if (!(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess) && Environment.GetEnvironmentVariable("CI") != "true")
        {
            Skip = "needs root on Linux, to mount a small file system";
        }
    }
}
