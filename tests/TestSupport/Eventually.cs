using System.Diagnostics;

namespace Salus.TestSupport;

/// <summary>Waits for something that another process does.</summary>
public static class Eventually
{
    // A machine that runs all tests at once and other work beside them is this much slower than one that runs a single test; a limit is only for what never happens.
    private const int Crowd = 3;

    /// <summary>Asks until it is so. The limit is in seconds of a machine with nothing else to do.</summary>
    /// <exception cref="TimeoutException">It does not become so.</exception>
    public static Task TrueAsync(Func<bool> condition, int seconds = 20, Func<string>? state = null) => TrueAsync(() => Task.FromResult(condition()), seconds, state);

    /// <inheritdoc cref="TrueAsync(Func{bool}, int, Func{string})"/>
    public static async Task TrueAsync(Func<Task<bool>> condition, int seconds = 20, Func<string>? state = null)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            if (clock.Elapsed.TotalSeconds > seconds * Crowd)
            {
                throw new TimeoutException($"not so after {seconds * Crowd} s. {state?.Invoke()}");
            }

            await Task.Delay(10);
        }
    }

    /// <summary>Whether a process runs. A dead child of somebody who has not asked for its exit code yet is a zombie (Z): it does not run.</summary>
    public static bool IsRunning(int process)
    {
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
