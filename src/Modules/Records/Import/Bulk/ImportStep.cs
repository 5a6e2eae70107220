using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Http;
using Salus.Records.Jobs;
using Salus.Records.Search;
using Salus.Records.Storage;
using Salus.Records.Transaction;

namespace Salus.Records.Import.Bulk;

/// <summary>Where an import writes to.</summary>
internal sealed class ImportTargets(BundleInteraction bundles, SearchInteraction searches, Database database, Catalog catalog)
{
    public IImportTarget For(Caller caller) => new RecordTarget(bundles, searches, database, catalog, caller);
}

/// <summary>
/// One piece of an import: some lines of one input, stored as <c>salus import</c> stores them, and then noted. A process that dies before it has noted them costs that these lines
/// are sent again, to the same ids. A process that has begun an import keeps it to its end.
/// </summary>
internal sealed class ImportStep(JobTable jobs, JobSessions connections, ImportSources sources, ImportTargets targets, ImportErrors errors, FhirDefinitions definitions) : IJobKind, IAsyncDisposable, IDisposable
{
    // One bundle is made ready while the other is being committed; more would be at the cost of those who wait for an answer.
    private const int Parallel = 2;
    private const int MostBytesOnTheWay = 16 * 1000 * 1000;

    private readonly Dictionary<string, ImportSession> sessions = new(StringComparer.Ordinal);

    public string Name => IJobKind.Import;

    public string Progress(Job job) => string.Create(CultureInfo.InvariantCulture, $"{job.Step} of {job.Steps} inputs, {job.Count} resources, {job.Rejected} rejected, {job.Bytes} bytes");

    public async ValueTask KeepAsync(IReadOnlyList<Job> running)
    {
        foreach (var over in sessions.Keys.Except(running.Select(j => j.Id)).ToList())
        {
            await EndAsync(over);
        }
    }

    public async Task<bool> RunAsync(Job noted, CancellationToken ct)
    {
        if (!sessions.TryGetValue(noted.Id, out var session) && (session = await OpenAsync(noted, ct)) is null)
        {
            return false;
        }

        try
        {
            // As it is now that nobody else works on it.
            return await jobs.FindAsync(noted.Caller.Tenant, noted.Id, ct) is { State: "running" } job && await PieceAsync(session, job, ct);
        }
        catch
        {
            // What was read and not noted has to be read again.
            await EndAsync(noted.Id);
            throw;
        }
    }

    public async Task<Outcome<Reply>> ResultAsync(Job job, string address, CancellationToken ct)
    {
        await using var connection = await connections.OpenAsync(ct);
        var inputs = await ImportInputs.AllAsync(connection, job, ct);
        return JobStatus.Manifest(job, writer =>
        {
            writer.WriteStartArray("output");
            foreach (var input in inputs)
            {
                writer.WriteStartObject();
                writer.WriteString("type", input.Type);
                writer.WriteString("inputUrl", input.Url);
                writer.WriteNumber("count", input.Stored);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteStartArray("error");
            foreach (var input in inputs.Where(i => i.Rejected > 0))
            {
                writer.WriteStartObject();
                writer.WriteString("type", "OperationOutcome");
                writer.WriteString("inputUrl", input.Url);
                writer.WriteString("url", $"{address}/{JobStatus.Path}/{job.Id}/{input.ErrorFile}");
                writer.WriteNumber("count", input.Rejected);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        });
    }

    public async ValueTask DisposeAsync() => await KeepAsync([]);

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private async Task<ImportSession?> OpenAsync(Job job, CancellationToken ct)
    {
        var connection = await connections.OpenAsync(ct);
        try
        {
            if (await JobSessions.HoldAsync(connection, job, ct))
            {
                return sessions[job.Id] = sources.Session(job, connection);
            }
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        await connection.DisposeAsync();
        return null;
    }

    private async Task EndAsync(string id)
    {
        if (sessions.Remove(id, out var session))
        {
            await session.DisposeAsync();
        }
    }

    private async Task<bool> PieceAsync(ImportSession session, Job job, CancellationToken ct)
    {
        if (session.Input?.Number != job.Step)
        {
            await session.BeginAsync((await ImportInputs.AllAsync(session.Connection, job, ct))[job.Step]);
        }

        var input = session.Input!;
        var (refused, result) = (sources.Refuse(input), new ItemResult());
        var piece = refused is not null ? new ImportPiece([], input.Line, input.Bytes, true) : await session.ReadAsync(sources.Time, ct);
        if (piece is null)
        {
            return false;
        }

        if (refused is not null)
        {
            result.Rejected.Add(new ImportRejection(input.Url, null, null, null, null, refused, 0));
        }

        await StoreAsync(job, input, piece, result, ct);
        var dealt = input with
        {
            Validator = session.Validator, Line = piece.Line, Bytes = piece.Bytes, Stored = input.Stored + result.Stored, Rejected = input.Rejected + result.Rejected.Count,
        };
        var next = job with
        {
            Step = piece.End ? job.Step + 1 : job.Step, Count = job.Count + result.Stored, Rejected = job.Rejected + result.Rejected.Count, Bytes = job.Bytes + piece.Bytes - input.Bytes,
        };
        await SaveAsync(session, next, dealt, result.Rejected, piece.End, ct);
        if (next.Step == next.Steps)
        {
            await EndAsync(job.Id);
        }

        return true;
    }

    private async Task StoreAsync(Job job, ImportInput input, ImportPiece piece, ItemResult sum, CancellationToken ct)
    {
        using var target = targets.For(job.Caller);
        var sender = new ItemSender(target, new Verification(target, sources.Time), sources.Time);
        var flight = new InFlight(MostBytesOnTheWay);
        var items = new ItemBuilder(definitions, new RepeatableItems(input.Type, line => NewId(job, input, line))).BuildAsync(piece.Lines.ToAsyncEnumerable(), ct);
        await System.Threading.Tasks.Parallel.ForEachAsync(InOrderAsync(items, flight, ct), new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = ct }, async (item, stop) =>
        {
            var attempt = await sender.RunAsync(item, unknownSince: null, last: true, stop);
            flight.Leave(item);
            if (attempt.Result is not { } result)
            {
                // Tried again from what was noted, when the lane has paused.
                throw new TimeoutException(attempt.Stopped);
            }

            lock (sum)
            {
                sum.Rejected.AddRange(result.Rejected);
                foreach (var (type, count) in result.Counts)
                {
                    sum.Add(type, count.In, count.Stored, count.Searchable);
                }
            }
        });
        RecordsMeter.Imported.Add(sum.Stored);
    }

    private static async IAsyncEnumerable<WorkItem> InOrderAsync(IAsyncEnumerable<WorkItem> items, InFlight flight, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var item in items.WithCancellation(ct))
        {
            await flight.EnterAsync(item, ct);
            yield return item;
        }
    }

    private async Task SaveAsync(ImportSession session, Job job, ImportInput input, IReadOnlyList<ImportRejection> rejections, bool done, CancellationToken ct)
    {
        await using var transaction = await session.Connection.BeginTransactionAsync(ct);
        await ImportErrors.AddAsync(session.Connection, job, input, rejections, ct);
        await ImportInputs.SaveAsync(session.Connection, job, input, ct);
        var file = done ? await errors.ToFileAsync(session.Connection, job, input, ct) : null;
        if (await jobs.SaveAsync(session.Connection, job, file, ct))
        {
            await transaction.CommitAsync(ct);
            session.Saved(input);
        }
        else if (file is not null)
        {
            await errors.RemoveAsync(job, file);
        }
    }

    // The same whenever this line of this job is read, and not to be guessed from outside.
    private static string NewId(Job job, ImportInput input, SourcePiece line) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{job.Id}/{input.Number}/{line.Line}"))))[..32];
}
