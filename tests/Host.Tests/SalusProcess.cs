using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;

namespace Salus.Host.Tests;

/// <summary>The built executable as a process, as a person starts it.</summary>
internal sealed partial class SalusProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly Process process;
    private readonly ConcurrentQueue<string> errors = new();
    private readonly ConcurrentQueue<string> lines = new();
    private readonly TaskCompletionSource<Uri> ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromMinutes(1) };

    private SalusProcess(IEnumerable<string> arguments, IEnumerable<(string Name, string Value)> environment)
    {
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(dotnet, ["exec", Path.Combine(AppContext.BaseDirectory, "salus.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
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

    public int Id => process.Id;

    public Uri Address => ready.Task.Result;

    /// <summary>What it wrote to standard error, without empty lines.</summary>
    public IReadOnlyList<string> Errors => [.. errors];

    public string Output() => string.Join('\n', lines);

    /// <summary>Starts it and waits until it says that it is ready.</summary>
    public static async Task<SalusProcess> ReadyAsync(string folder, params (string Name, string Value)[] environment)
    {
        var salus = Start(["serve", "--data", folder, "--port", "0", "--no-demo"], environment);
        await salus.ReadyAsync();
        return salus;
    }

    public static SalusProcess Start(string[] arguments, params (string Name, string Value)[] environment) => new(arguments, environment);

    public async Task ReadyAsync()
    {
        var ended = process.WaitForExitAsync();
        var first = await Task.WhenAny(ready.Task, ended).WaitAsync(Patience);
        Assert.True(first == ready.Task, $"it ended:\n{string.Join('\n', Errors)}\n{Output()}");
        http.BaseAddress = await ready.Task;
    }

    public Task<HttpResponseMessage> GetAsync(string path) => http.GetAsync(new Uri(path, UriKind.Relative));

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => http.SendAsync(request);

    public async Task<JsonNode> JsonAsync(string path) => JsonNode.Parse(await http.GetStringAsync(new Uri(path, UriKind.Relative)))!;

    public async Task<HttpStatusCode> PutPatientAsync(string id)
    {
        using var content = new StringContent($$"""{"resourceType":"Patient","id":"{{id}}"}""", Encoding.UTF8, "application/fhir+json");
        using var response = await http.PutAsync(new Uri($"/fhir/Patient/{id}", UriKind.Relative), content);
        return response.StatusCode;
    }

    /// <summary>Waits for its end and gives the exit code.</summary>
    public async Task<int> EndAsync()
    {
        await process.WaitForExitAsync().WaitAsync(Patience);
        return process.ExitCode;
    }

    /// <summary>Refused with one line that says these things, and a non-zero exit.</summary>
    public async Task RefusedAsync(params string[] says)
    {
        var code = await EndAsync();
        Assert.True(code is > 0 and < 128, $"exit code {code}: {string.Join('\n', Errors)}\n{Output()}");
        Assert.True(Errors.Count == 1, $"{Errors.Count} lines:\n{string.Join('\n', Errors)}");
        Assert.DoesNotContain("   at ", Errors[0], StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", Errors[0] + Output(), StringComparison.Ordinal);
        foreach (var part in says)
        {
            Assert.Contains(part, Errors[0], StringComparison.Ordinal);
        }
    }

    /// <summary>SIGTERM, as a service manager sends it.</summary>
    public void Terminate() => Assert.Equal(0, Kill(process.Id, 15));

    /// <summary>Kill -9.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync().WaitAsync(Patience);
    }


    public void Dispose()
    {
        if (!process.HasExited)
        {
            _ = Kill(process.Id, 15);
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

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
