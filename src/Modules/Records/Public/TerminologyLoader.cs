using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Salus.Kernel;
using Salus.Records.Terminology.Loading;

namespace Salus.Records;

/// <summary>
/// Loads code systems from the files that their publishers give out. A load is one transaction: until its end the version before answers, and one that was
/// interrupted left nothing; the same command does it again. Works beside a running server on the same database. One load at a time per object.
/// </summary>
public sealed class TerminologyLoader
{
    private const int MostAttempts = 3;

    private readonly ConceptTable table;
    private readonly SystemResource resource;
    private readonly TimeProvider time;

    internal TerminologyLoader(ConceptTable table, SystemResource resource, TimeProvider time)
    {
        this.table = table;
        this.resource = resource;
        this.time = time;
    }

    /// <summary>The file layouts that can be loaded, with what each takes.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Formats { get; } = [.. TerminologyFormat.All.Select(f => KeyValuePair.Create(f.Name, f.Needs))];

    /// <summary>How far it is.</summary>
    public LoadProgress Progress { get; } = new();

    /// <summary>Into the record of this process, which has to be started.</summary>
    public static TerminologyLoader Into(IServiceProvider services) => new(
        services.GetRequiredService<ConceptTable>(), services.GetRequiredService<SystemResource>(), services.GetRequiredService<TimeProvider>());

    /// <summary>Null, or why a load cannot begin: an unknown format, a file that is not there, names that are not of the layout. Needs no record, and reads no line.</summary>
    public static Failure? Check(LoadOrder order)
    {
        var opened = Open(order, new LoadProgress());
        if (opened.Failed(out var failure))
        {
            return failure;
        }

        using var files = opened.Value.Files;
        return opened.Value.Format.Describe(files, order.Version).Failed(out failure) ? failure : null;
    }

    /// <summary>Loads. Fails without a trace when a file is not there or not of its layout.</summary>
    /// <exception cref="Npgsql.NpgsqlException">The database went away. Nothing was loaded, or all and only the CodeSystem resource is missing: run it again.</exception>
    public async Task<Outcome<LoadReport>> RunAsync(Caller caller, LoadOrder order, CancellationToken ct)
    {
        var opened = Open(order, Progress);
        if (opened.Failed(out var failure))
        {
            return failure;
        }

        using var files = opened.Value.Files;
        try
        {
            return await LoadAsync(caller, opened.Value.Format, files, order, ct);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return new Failure(FailureKind.Invalid, "structure", $"{e.Message} Nothing was loaded; what was there before is unchanged.");
        }
    }

    private static Outcome<(TerminologyFormat Format, SourceFiles Files)> Open(LoadOrder order, LoadProgress progress)
    {
        if (TerminologyFormat.All.FirstOrDefault(f => f.Name == order.Format) is not { } format)
        {
            return new Failure(FailureKind.Invalid, "value", $"'{order.Format}' is not a format; those are {string.Join(", ", Formats.Select(f => f.Key))}.");
        }

        var files = SourceFiles.Open(order.Paths, progress);
        return files.Failed(out var failure) ? failure : (format, files.Value);
    }

    private async Task<Outcome<LoadReport>> LoadAsync(Caller caller, TerminologyFormat format, SourceFiles files, LoadOrder order, CancellationToken ct)
    {
        var started = time.GetTimestamp();
        var described = format.Describe(files, order.Version);
        if (described.Failed(out var failure))
        {
            return failure;
        }

        var header = described.Value;
        Progress.Begin("looking at the files", files.OnDisk.Sum(f => new FileInfo(f).Length));
        var source = await HashAsync(files, ct);
        var known = order.Again ? null : await table.FindAsync(caller.Tenant, header, source, ct);
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            Progress.Begin("loading", format.Uses(files).Sum(f => f.Length));
            var written = known is { } count ? (Concepts: count, Repeated: 0L) : await table.ReplaceAsync(caller.Tenant, format.Name, source, header, format.Read(files, header), Progress, ct);
            var stored = await resource.StoreAsync(caller, format.Name, header, written.Concepts, ct);
            if (stored.Failed(out failure))
            {
                return failure;
            }

            // Somebody may have deleted the resource of before, and its concepts, between the two.
            if (await table.StandsAsync(caller.Tenant, header, ct))
            {
                return new LoadReport(header.Url, header.Version!, written.Concepts, written.Repeated, stored.Value, known is not null, time.GetElapsedTime(started));
            }

            known = null;
        }

        return new Failure(FailureKind.Conflict, "conflict", $"{header.Canonical} was removed by others while it was loaded. Load it again when nobody deletes its CodeSystem resource.");
    }

    private async Task<string> HashAsync(SourceFiles files, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1024 * 1024];
        foreach (var file in files.OnDisk)
        {
            await using var stream = File.OpenRead(file);
            for (int read; (read = await stream.ReadAsync(buffer, ct)) > 0;)
            {
                hash.AppendData(buffer.AsSpan(0, read));
                Progress.AddRead(read);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
