using Salus.Access;
using Salus.Host.Web;
using Salus.Kafka;
using Salus.Kernel;
using Salus.Monitoring;
using Salus.RabbitMq;
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
        // What keeps the record from being opened is said once, in one line; the framework would log it with its stack as well, as an error.
        // What ends the process in the middle is critical, and said by nobody else.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        return builder;
    }

    /// <summary>The data folder as a server with these settings has it: the one that is named, or the default one; null with an outside PostgreSQL unless one is named.</summary>
    /// <exception cref="CannotStartException">The default one depends on the account of the embedded PostgreSQL, and there is none.</exception>
    public static async Task<string?> FolderAsync(HostApplicationBuilder builder, CancellationToken ct)
    {
        var kernel = Kernel(builder);
        return kernel.Data is { Length: > 0 } named ? Path.GetFullPath(named)
            : IsEmbedded(kernel) ? await DataFolder.DefaultAsync("data", kernel.PostgresAccount, ct) : null;
    }

    /// <summary>The data folder that the record itself is in; null when it is in an outside PostgreSQL.</summary>
    /// <exception cref="CannotStartException">As for <see cref="FolderAsync"/>.</exception>
    public static async Task<string?> EmbeddedAsync(HostApplicationBuilder builder, CancellationToken ct) =>
        IsEmbedded(Kernel(builder)) ? await FolderAsync(builder, ct) : null;

    /// <summary>For the user's eyes.</summary>
    /// <param name="folder">As <see cref="EmbeddedAsync"/>.</param>
    public static string Describe(string? folder) => folder is null ? "the record in the configured PostgreSQL" : $"the record in {folder}";

    /// <summary>Refuses a data folder that has no record: starting its database would make a new, empty one, in a place that was perhaps mistyped.</summary>
    /// <param name="folder">As <see cref="EmbeddedAsync"/>; nothing is known of an outside PostgreSQL.</param>
    /// <param name="command">What the user has called.</param>
    /// <exception cref="CannotStartException">There is no record.</exception>
    public static void NeedRecord(string? folder, string command)
    {
        if (folder is not null && !File.Exists(Path.Combine(folder, "postgres", "PG_VERSION")))
        {
            throw new CannotStartException($"There is no record in {folder}. Name its data folder: salus {command} --data FOLDER. A new one is made by salus serve.");
        }
    }

    /// <summary>Leads to the PostgreSQL of the server that runs on a data folder, so that the record is opened beside it.</summary>
    /// <param name="folder">As <see cref="EmbeddedAsync"/>.</param>
    /// <returns>False where none runs: nothing was changed.</returns>
    public static async Task<bool> UseRunningAsync(HostApplicationBuilder builder, string? folder, CancellationToken ct)
    {
        if (folder is null || await RunningDatabase.FindAsync(folder, ct) is not { } running)
        {
            return false;
        }

        builder.Configuration.AddInMemoryCollection([new("Salus:Postgres", running), new("Salus:Data", folder)]);
        return true;
    }

    private static KernelOptions Kernel(HostApplicationBuilder builder) => ConfiguredOptions.Read<KernelOptions>(builder.Configuration, KernelOptions.Section);

    private static bool IsEmbedded(KernelOptions kernel) => string.IsNullOrWhiteSpace(kernel.Postgres);

    public static void AddRecord(HostApplicationBuilder builder)
    {
        // Settings of serve may stand in the same environment.
        builder.Services.AddWebSettings(builder.Configuration);
        builder.Services.AddKnown<AccessOptions>(builder.Configuration, "Salus:Access");
        builder.Services.AddKnown<SimulationOptions>(builder.Configuration, "Salus:Demo");
        builder.Services.AddKnown<MonitoringOptions>(builder.Configuration, "Salus:Monitoring");
        builder.Services.AddKnown<IngestOptions>(builder.Configuration, "Salus:Monitoring:Ingest");
        builder.Services.AddKnown<KafkaOptions>(builder.Configuration, "Salus:Kafka");
        builder.Services.AddKnown<RabbitMqOptions>(builder.Configuration, "Salus:RabbitMq");
        builder.Services.AddKnown<StreamOptions>(builder.Configuration, "Salus:Simulation");
        builder.Services.AddKernel(builder.Configuration);
        // What is imported without a server stands in the audit trail as well.
        builder.Services.AddAccess(builder.Configuration);
        builder.Services.AddRecords(builder.Configuration);
    }
}
