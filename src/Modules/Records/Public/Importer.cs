using System.Net.Security;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Import;

namespace Salus.Records;

/// <summary>
/// Brings FHIR files into a record: this process's own, or a server's. Parallel, in bounded memory (about 64 MB of bundles on the way), and able to
/// continue after an interruption. One import at a time per object.
/// </summary>
public sealed class Importer : IDisposable
{
    private readonly IImportTarget target;
    private readonly FhirDefinitions definitions;
    private readonly TimeProvider time;

    internal Importer(IImportTarget target, FhirDefinitions definitions, TimeProvider time)
    {
        this.target = target;
        this.definitions = definitions;
        this.time = time;
    }

    /// <summary>How far it is.</summary>
    public ImportProgress Progress { get; } = new();

    /// <summary>Into the record of this process, which has to be started.</summary>
    public static Importer IntoRecord(IServiceProvider services) => new(
        ActivatorUtilities.CreateInstance<RecordTarget>(services), services.GetRequiredService<FhirDefinitions>(), services.GetRequiredService<TimeProvider>());

    /// <summary>Into a FHIR server over HTTP.</summary>
    /// <param name="server">Its address, with or without <c>/fhir</c>.</param>
    /// <param name="options">The server's limits; those of this process's configuration.</param>
    /// <param name="time">The clock.</param>
    /// <param name="token">A bearer token; null for a server that asks for none.</param>
    /// <param name="tls">Which certificates are taken; null for those that this machine trusts.</param>
    public static Importer IntoServer(Uri server, RecordsOptions options, TimeProvider time, string? token = null, SslClientAuthenticationOptions? tls = null) =>
        new(new ServerTarget(server, options, time, token, tls), FhirDefinitions.R4, time);

    /// <summary>
    /// Runs the import. Fails without having written anything when a path is not there or not of a known kind, or when the target does not answer.
    /// Cancelling <paramref name="stop"/> ends the reading; what was sent is finished and noted, and the report says what was done.
    /// </summary>
    public async Task<Outcome<ImportReport>> RunAsync(ImportOrder order, CancellationToken stop)
    {
        var sources = SourceList.Expand(order.Paths);
        if (sources.Failed(out var failure))
        {
            return failure;
        }

        if (await target.CheckAsync(stop) is { } away)
        {
            return away;
        }

        await using var run = new ImportRun(target, definitions, time, Progress, order);
        return await run.RunAsync(sources.Value, stop);
    }

    /// <inheritdoc/>
    public void Dispose() => target.Dispose();
}
