using System.Text;
using Microsoft.Extensions.Options;
using Npgsql;
using Salus.Kernel;

namespace Salus.Records.Export;

/// <summary>
/// One piece of an export: a file of at most <see cref="RecordsOptions.ExportFileBytes"/> and one resource more. File and progress are saved together, so
/// a process that dies costs one piece. Of several processes, one works on a job at a time.
/// </summary>
internal sealed class ExportStep(Database database, IObjectStore store, ExportJobs jobs, ExportRows rows, ExportMembership membership, IOptions<RecordsOptions> options) : IDisposable
{
    // A pool of its own: an export must not take the connections of those who wait for an answer.
    private readonly Lazy<NpgsqlDataSource> sessions = new(() => NpgsqlDataSource.Create(
        new NpgsqlConnectionStringBuilder(database.ConnectionString) { MaxPoolSize = 2, MinPoolSize = 0, ApplicationName = "salus export" }.ConnectionString));

    private sealed class Piece
    {
        public long Count { get; set; }

        public long Bytes { get; set; }

        public string After { get; set; } = "";

        public bool TypeDone { get; set; }
    }

    /// <summary>Does the next piece; false when there is nothing to do for this process.</summary>
    public async Task<bool> RunAsync(ExportJob noted, CancellationToken ct)
    {
        await using var connection = await sessions.Value.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using (var mine = new NpgsqlCommand("select pg_try_advisory_xact_lock(hashtextextended('salus.records.job.' || $1, 0))", connection) { Parameters = { new() { Value = noted.Id } } })
        {
            if (await mine.ExecuteScalarAsync(ct) is not true)
            {
                return false;
            }
        }

        // As it is now that nobody else works on it.
        if (await jobs.FindAsync(noted.Caller.Tenant, noted.Id, ct) is not { State: "running" } job)
        {
            return false;
        }

        var (saved, file) = await PieceAsync(connection, job, ct);
        if (!await ExportJobs.SaveAsync(connection, saved, file, ct) && file is not null)
        {
            await store.DeleteAsync(ExportFile.ObjectName(job.Id, file.Name), ct);
        }

        await transaction.CommitAsync(ct);
        return true;
    }

    public void Dispose()
    {
        if (sessions.IsValueCreated)
        {
            sessions.Value.Dispose();
        }
    }

    private async Task<(ExportJob Job, ExportFile? File)> PieceAsync(NpgsqlConnection connection, ExportJob job, CancellationToken ct)
    {
        var deleted = job.Step >= job.Request.Types.Count;
        var type = job.Request.Types[job.Step % job.Request.Types.Count];
        var name = FormattableString.Invariant($"{(deleted ? "deleted-" : "")}{type}-{job.Part}.ndjson");
        var piece = new Piece { After = job.After };
        // Most types have nothing, and leave no empty file.
        if ((await rows.NextAsync(connection, job, type, deleted, piece.After, ct)).Last is null)
        {
            return (job with { Step = job.Step + 1, After = "" }, null);
        }

        await store.PutAsync(ExportFile.ObjectName(job.Id, name), (stream, stop) => WriteAsync(connection, job, type, deleted, piece, stream, stop), ct);
        var next = piece.TypeDone ? job with { Step = job.Step + 1, After = "" } : job with { After = piece.After };
        if (piece.Count == 0)
        {
            await store.DeleteAsync(ExportFile.ObjectName(job.Id, name), ct);
            return (next, null);
        }

        return (next with { Part = job.Part + 1, Exported = job.Exported + piece.Count },
            new ExportFile(job.Part, name, deleted ? "deleted" : "output", deleted ? "Bundle" : type, piece.Count, piece.Bytes));
    }

    private async Task WriteAsync(NpgsqlConnection connection, ExportJob job, string type, bool deleted, Piece piece, Stream stream, CancellationToken ct)
    {
        var belongs = await membership.OfAsync(connection, job, ct);
        while (piece.Bytes < options.Value.ExportFileBytes)
        {
            var (found, last) = await rows.NextAsync(connection, job, type, deleted, piece.After, ct);
            if (last is null)
            {
                piece.TypeDone = true;
                return;
            }

            await ExportRows.ReadAsync(
                connection, job, found, deleted,
                async (id, body) =>
                {
                    if (belongs is null || (!body.IsEmpty && belongs(body)))
                    {
                        var line = deleted ? Deletion(type, id) : body;
                        await stream.WriteAsync(line, ct);
                        stream.WriteByte((byte)'\n');
                        piece.Count++;
                        piece.Bytes += line.Length + 1;
                    }

                    piece.After = id;
                    return piece.Bytes < options.Value.ExportFileBytes;
                },
                ct);
            piece.After = piece.Bytes < options.Value.ExportFileBytes ? last : piece.After;
        }
    }

    // https://hl7.org/fhir/uv/bulkdata/STU2/export.html: a line of the deleted files is a transaction that would delete it.
    private static byte[] Deletion(string type, string id) =>
        Encoding.UTF8.GetBytes($$$"""{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"DELETE","url":"{{{type}}}/{{{id}}}"}}]}""");
}
