using System.Diagnostics;

namespace Salus.TestSupport;

/// <summary>Waits for something that another process does.</summary>
public static class Eventually
{
    /// <summary>Asks until it is so.</summary>
    /// <exception cref="TimeoutException">It does not become so.</exception>
    public static Task TrueAsync(Func<bool> condition, int seconds = 20, Func<string>? state = null) => TrueAsync(() => Task.FromResult(condition()), seconds, state);

    /// <inheritdoc cref="TrueAsync(Func{bool}, int, Func{string})"/>
    public static async Task TrueAsync(Func<Task<bool>> condition, int seconds = 20, Func<string>? state = null)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            if (clock.Elapsed.TotalSeconds > seconds)
            {
                throw new TimeoutException($"not so after {seconds} s. {state?.Invoke()}");
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
