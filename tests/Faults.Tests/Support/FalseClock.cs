namespace Salus.Faults.Tests.Support;

/// <summary>The clock of a process and its children, which a test may set: libfaketime, loaded before the program.</summary>
internal sealed class FalseClock
{
    private readonly string file;

    /// <param name="file">Where the offset stands.</param>
    public FalseClock(string file)
    {
        this.file = file;
        Set("+0");
    }

    public static string? Library { get; } = Directory.Exists("/usr/lib")
        ? Directory.EnumerateFiles("/usr/lib", "libfaketimeMT.so.1", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }).FirstOrDefault()
        : null;

    /// <summary>
    /// Makes a process use it. Only the time of day: what measures durations goes on as it is. The library's own correction of waits by that clock makes each end at once with glibc 2.36,
    /// so that every thread that waits takes a whole processor: it is off.
    /// </summary>
    public (string, string)[] Environment =>
    [
        ("LD_PRELOAD", Library!), ("FAKETIME_TIMESTAMP_FILE", file), ("FAKETIME_CACHE_DURATION", "1"), ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ("FAKETIME_FORCE_MONOTONIC_FIX", "0"),
    ];

    /// <summary>Sets it relative to the true time, such as -2d or +90m, and waits until a server's answers bear it.</summary>
    public async Task SetAsync(string offset, FhirClient fhir)
    {
        Set(offset);
        var hours = double.Parse(offset[..^1], System.Globalization.CultureInfo.InvariantCulture) * (offset[^1] == 'd' ? 24 : 0);
        await Eventually.TrueAsync(async () =>
            Math.Abs(((await fhir.GetAsync("/healthz")).Headers.Date!.Value - TimeProvider.System.GetUtcNow()).TotalHours - hours) < 1);
    }

    // Replaced as a whole: nobody reads half a line.
    private void Set(string offset)
    {
        File.WriteAllText(file + ".new", offset + "\n");
        if (!OperatingSystem.IsWindows())
        {
            // The server of the database reads it, too, under another account.
            File.SetUnixFileMode(file + ".new", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }

        File.Move(file + ".new", file, overwrite: true);
    }
}

/// <summary>A test that sets a clock: skipped without libfaketime, except on a build machine, where that is a failure.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FalseClockFactAttribute : FactAttribute
{
    /// <summary>Skips without the library.</summary>
    public FalseClockFactAttribute()
    {
        if (FalseClock.Library is null && Environment.GetEnvironmentVariable("CI") != "true")
        {
            Skip = "needs libfaketime (Debian: apt-get install faketime)";
        }
    }
}
