using System.Diagnostics;

namespace Salus.Kernel.Tests;

/// <summary>Waits for something that another process does.</summary>
internal static class Eventually
{
    public static async Task TrueAsync(Func<bool> condition, int seconds = 20)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed.TotalSeconds < seconds, $"not so after {seconds} s");
            await Task.Delay(10);
        }
    }

    public static bool IsRunning(int process)
    {
        // A dead child of somebody who has not asked for its exit code yet is a zombie (Z): it does not run.
        var status = $"/proc/{process}/stat";
        try
        {
            return File.Exists(status) && File.ReadAllText(status).Split(") ")[^1][0] != 'Z';
        }
        catch (IOException)
        {
            return false;
        }
    }
}
