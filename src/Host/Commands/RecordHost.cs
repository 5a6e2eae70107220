using Salus.Host.Web;
using Salus.Kernel;
using Salus.Records;
using Salus.Simulation;

namespace Salus.Host.Commands;

/// <summary>What commands that open a record share: settings, where it is, and which services it has.</summary>
internal static class RecordHost
{
    public static HostApplicationBuilder Builder(string? data)
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
        // What keeps the record from being opened is said once, in one line; the framework would log it with its stack as well.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        return builder;
    }

    /// <summary>The data folder that is named or taken, and whether the record is in it rather than in a PostgreSQL elsewhere.</summary>
    public static async Task<(string Folder, bool Embedded)> FolderAsync(HostApplicationBuilder builder, CancellationToken ct)
    {
        var kernel = ConfiguredOptions.Read<KernelOptions>(builder.Configuration, KernelOptions.Section);
        var folder = kernel.Data is { Length: > 0 } configured ? Path.GetFullPath(configured) : await DataFolder.DefaultAsync("data", kernel.PostgresAccount, ct);
        return (folder, string.IsNullOrWhiteSpace(kernel.Postgres));
    }

    /// <summary>For the user's eyes.</summary>
    public static string Describe(string folder, bool embedded) => embedded ? $"the record in {folder}" : "the record in the configured PostgreSQL";

    public static void AddRecord(HostApplicationBuilder builder)
    {
        // Settings of serve may stand in the same environment.
        builder.Services.AddKnown<ListenOptions>(builder.Configuration, "Salus");
        builder.Services.AddKnown<SimulationOptions>(builder.Configuration, "Salus:Demo");
        builder.Services.AddKernel(builder.Configuration);
        builder.Services.AddRecords(builder.Configuration);
    }
}
