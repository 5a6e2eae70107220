using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Salus.Host.Web;
using Salus.Kernel;
using Salus.Records;
using Salus.Simulation;

namespace Salus.Host.Commands;

/// <summary>Where an import goes: the server that was named, the one that runs on the data folder, or the record itself, opened in this process.</summary>
internal sealed class ImportDestination : IAsyncDisposable
{
    private readonly IHost? host;

    private ImportDestination(Importer importer, string description, IHost? host)
    {
        Importer = importer;
        Description = description;
        this.host = host;
    }

    public Importer Importer { get; }

    /// <summary>For the user's eyes.</summary>
    public string Description { get; }

    /// <exception cref="CannotStartException">The address is none, or the record cannot be opened.</exception>
    public static async Task<ImportDestination> OpenAsync(string? server, string? data, CancellationToken ct)
    {
        var builder = Builder(data);
        var options = ConfiguredOptions.Read<RecordsOptions>(builder.Configuration, "Salus:Records");
        if (server is not null)
        {
            return Uri.TryCreate(server, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
                ? new(Importer.IntoServer(address, options, TimeProvider.System), $"the server {server}", null)
                : throw new CannotStartException($"--server is '{server}'; it takes an address such as http://127.0.0.1:8080.");
        }

        var kernel = ConfiguredOptions.Read<KernelOptions>(builder.Configuration, KernelOptions.Section);
        var folder = kernel.Data is { Length: > 0 } configured ? Path.GetFullPath(configured) : await DataFolder.DefaultAsync("data", kernel.PostgresAccount, ct);
        return await RunningAsync(folder, ct) is { } running
            ? new(Importer.IntoServer(running, options, TimeProvider.System), $"the server {running}, which runs on {folder}", null)
            : await InProcessAsync(builder, folder, ct);
    }

    public async ValueTask DisposeAsync()
    {
        Importer.Dispose();
        if (host is not null)
        {
            await host.StopAsync();
            host.Dispose();
        }
    }

    internal static HostApplicationBuilder Builder(string? data)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory });
        if (data is not null)
        {
            builder.Configuration.AddInMemoryCollection([new("Salus:Data", data)]);
        }

        // The progress line and a log would write over each other; what matters of a failure is in the report.
        builder.Logging.ClearProviders();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        return builder;
    }

    private static async Task<ImportDestination> InProcessAsync(HostApplicationBuilder builder, string folder, CancellationToken ct)
    {
        // Settings of serve may stand in the same environment.
        builder.Services.AddKnown<ListenOptions>(builder.Configuration, "Salus");
        builder.Services.AddKnown<SimulationOptions>(builder.Configuration, "Salus:Demo");
        builder.Services.AddKernel(builder.Configuration);
        builder.Services.AddRecords(builder.Configuration);
        // The default one stops the database at Ctrl-C, while the import still finishes what it has sent.
        builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, NoLifetime>());
        var host = builder.Build();
        try
        {
            await host.StartAsync(ct);
            var database = host.Services.GetRequiredService<Database>();
            return new(Importer.IntoRecord(host.Services), database.Embedded ? $"the record in {database.Folder ?? folder}" : "the record in the configured PostgreSQL", host);
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    private static async Task<Uri?> RunningAsync(string folder, CancellationToken ct)
    {
        try
        {
            using var file = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(folder, "server.json"), ct));
            var url = new Uri(file.RootElement.GetProperty("url").GetString()!);
            using var process = Process.GetProcessById(file.RootElement.GetProperty("pid").GetInt32());
            using var http = new HttpClient(new SocketsHttpHandler()) { Timeout = TimeSpan.FromSeconds(5) };
            using var answer = await http.GetAsync(new Uri(url, "/healthz"), ct);
            return answer.IsSuccessStatusCode ? url : null;
        }
        // No file, or one that a server left behind when it was killed.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException
            or ArgumentException or UriFormatException or HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            return null;
        }
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
