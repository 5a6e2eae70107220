using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Salus.TestSupport;

/// <summary>
/// The built executable as a process, as a person starts it: the one that SALUS_PROGRAM names (test.sh: compiled ahead of time, it starts with less work), or the one beside the tests, which reference Host.
/// </summary>
public sealed class SalusProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly Process process;
    private readonly ConcurrentQueue<string> errors = new();
    private readonly ConcurrentQueue<string> lines = new();
    private readonly TaskCompletionSource<Uri> ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HttpClient http = new(new SocketsHttpHandler()) { Timeout = TimeSpan.FromMinutes(1) };

    private SalusProcess(IEnumerable<string> arguments, IEnumerable<(string Name, string Value)> environment)
    {
        var start = Environment.GetEnvironmentVariable("SALUS_PROGRAM") is { Length: > 0 } program
            ? new ProcessStartInfo(program, arguments)
            : new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "salus.dll"), .. arguments]);
        (start.RedirectStandardOutput, start.RedirectStandardError, start.RedirectStandardInput) = (true, true, true);
        // What a test is about, it says: most are not about who may do what.
        start.Environment["Salus__Access__SignIn"] = "false";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        process = Process.Start(start)!;
        process.OutputDataReceived += (_, e) => Output(e.Data);
        process.ErrorDataReceived += (_, e) => Collect(errors, e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Process number.</summary>
    public int Id => process.Id;

    /// <summary>Where it listens, once it is ready.</summary>
    public Uri Address => http.BaseAddress ?? throw new InvalidOperationException("It is not ready.");

    /// <summary>What it wrote to standard error, without empty lines.</summary>
    public IReadOnlyList<string> Errors => [.. errors];

    /// <summary>What it wrote to standard output.</summary>
    public string Output() => string.Join('\n', lines);

    /// <summary>Starts a server without the demo hospital and waits until it says that it is ready. A new folder is a copy of one that was started.</summary>
    public static Task<SalusProcess> ReadyAsync(string folder, params (string Name, string Value)[] environment) => ReadyAsync(folder, 0, environment);

    /// <summary>The same on a port of the caller's choice.</summary>
    public static async Task<SalusProcess> ReadyAsync(string folder, int port, params (string Name, string Value)[] environment)
    {
        if (!environment.Any(e => e.Name == "Salus__Postgres"))
        {
            await DataTemplate.CopyToAsync(folder);
        }

        return await FirstAsync(folder, port, environment);
    }

    /// <summary>The same on a folder as it is, for tests of a first start.</summary>
    public static async Task<SalusProcess> FirstAsync(string folder, int port, params (string Name, string Value)[] environment)
    {
        var salus = Start(["serve", "--data", folder, "--port", $"{port}", "--no-demo"], environment);
        try
        {
            await salus.ReadyAsync();
            return salus;
        }
        catch
        {
            salus.Dispose();
            throw;
        }
    }

    /// <summary>Starts it with any arguments.</summary>
    public static SalusProcess Start(string[] arguments, params (string Name, string Value)[] environment) => new(arguments, environment);

    /// <summary>Waits until it says that it is ready.</summary>
    /// <exception cref="InvalidOperationException">It ended instead; the message holds what it said.</exception>
    public async Task ReadyAsync()
    {
        var ended = process.WaitForExitAsync();
        if (await Task.WhenAny(ready.Task, ended).WaitAsync(Patience) != ready.Task)
        {
            throw new InvalidOperationException($"it ended:\n{string.Join('\n', Errors)}\n{Output()}");
        }

        http.BaseAddress = await ready.Task;
    }

    /// <summary>GET of a path.</summary>
    public Task<HttpResponseMessage> GetAsync(string path) => http.GetAsync(new Uri(path, UriKind.Relative));

    /// <summary>Any request.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => http.SendAsync(request);

    /// <summary>GET of JSON that has to succeed.</summary>
    public async Task<JsonNode> JsonAsync(string path) => JsonNode.Parse(await http.GetStringAsync(new Uri(path, UriKind.Relative)))!;

    /// <summary>Waits for its end and gives the exit code.</summary>
    public async Task<int> EndAsync()
    {
        await process.WaitForExitAsync().WaitAsync(Patience);
        return process.ExitCode;
    }

    /// <summary>SIGTERM, as a service manager sends it.</summary>
    public void Terminate() => Signals.Send(process.Id, Signals.Terminate);

    /// <summary>Kill -9.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync().WaitAsync(Patience);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!process.HasExited)
        {
            Signals.Send(process.Id, Signals.Terminate);
            if (!process.WaitForExit(TimeSpan.FromSeconds(60)))
            {
                process.Kill();
            }
        }

        http.Dispose();
        process.Dispose();
    }

    private void Output(string? line)
    {
        Collect(lines, line);
        if (line?.Split("Salus is ready: ") is [_, var address])
        {
            ready.TrySetResult(new Uri(address.Trim()));
        }
    }

    private static void Collect(ConcurrentQueue<string> lines, string? line)
    {
        if (!string.IsNullOrWhiteSpace(line))
        {
            lines.Enqueue(line);
        }
    }
}
