using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Salus.Bench.Processes;

/// <summary>The built server as a process of its own on a data folder, as a person starts it.</summary>
internal sealed partial class SalusServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(2);
    private readonly Process process;
    private readonly Queue<string> lastLines = new();

    private SalusServer(string folder, int port, (string, string)[] environment)
    {
        (Folder, Port) = (folder, port);
        process = Start(Program, ["serve", "--data", folder, "--port", $"{port}", "--no-demo", "--no-sign-in"], Keep, environment);
    }

    /// <summary>The program that people start; eng/bench makes it.</summary>
    public static string Program { get; } = Environment.GetEnvironmentVariable("SALUS_PROGRAM") ?? Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "salus", OperatingSystem.IsWindows() ? "salus.exe" : "salus"));

    public string Folder { get; }

    public int Port { get; }

    public int Id => process.Id;

    /// <summary>From the start of the process to the first 200 of /readyz.</summary>
    public TimeSpan Started { get; private set; }

    public double CpuSeconds => ProcessUse.CpuSeconds(process.Id);

    /// <param name="environment">Settings.</param>
    public static async Task<SalusServer> StartAsync(string folder, params (string Name, string Value)[] environment)
    {
        var clock = Stopwatch.StartNew();
        var server = new SalusServer(folder, FreePort(), environment);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        while (!await ReadyAsync(http, server.Port))
        {
            if (server.process.HasExited || clock.Elapsed > Patience)
            {
                throw new InvalidOperationException($"salus serve did not become ready:\n{server.LastLines()}");
            }

            await Task.Delay(Glance, TimeProvider.System);
        }

        server.Started = clock.Elapsed;
        return server;
    }

    /// <summary>A process whose output is read line by line, and whose input is a pipe that ends with this program.</summary>
    public static Process Start(string program, IEnumerable<string> arguments, Action<string> line, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var started = Process.Start(start) ?? throw new InvalidOperationException($"{program} does not start.");
        started.OutputDataReceived += (_, e) => line(e.Data ?? "");
        started.ErrorDataReceived += (_, e) => line(e.Data ?? "");
        started.BeginOutputReadLine();
        started.BeginErrorReadLine();
        return started;
    }

    /// <summary>SIGTERM, and its end.</summary>
    public async Task StopAsync()
    {
        if (!process.HasExited)
        {
            _ = Kill(process.Id, 15);
            await process.WaitForExitAsync().WaitAsync(Patience);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (process.HasExited)
        {
            await Console.Error.WriteLineAsync($"salus serve had ended with {process.ExitCode} already:\n{LastLines()}");
        }

        await StopAsync();
        process.Dispose();
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<bool> ReadyAsync(HttpClient http, int port)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/readyz"));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private void Keep(string line)
    {
        lock (lastLines)
        {
            lastLines.Enqueue(line);
            if (lastLines.Count > 30)
            {
                lastLines.Dequeue();
            }
        }
    }

    private string LastLines()
    {
        lock (lastLines)
        {
            return string.Join('\n', lastLines);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
