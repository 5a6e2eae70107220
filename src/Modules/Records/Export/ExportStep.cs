using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Npgsql;
using Salus.Kernel;
using Salus.Records.Http;
using Salus.Records.Jobs;

namespace Salus.Records.Export;

/// <summary>
/// One piece of an export: a file of at most <see cref="RecordsOptions.ExportFileBytes"/> and one resource more. File and progress are saved together, so
/// a process that dies costs one piece. Of several processes, one works on a job at a time.
/// </summary>
internal sealed class ExportStep(JobSessions sessions, IObjectStore store, JobTable jobs, ExportRows rows, ExportMembership membership, IOptions<RecordsOptions> options) : IJobKind
{
    private static readonly string[] Kinds = ["output", "deleted", "error"];

    public string Name => IJobKind.Export;

    public string Progress(Job job) => string.Create(CultureInfo.InvariantCulture, $"{job.Step} of {job.Steps} steps, {job.Count} resources");

    public async Task<Outcome<Reply>> ResultAsync(Job job, string address, CancellationToken ct)
    {
        var files = await jobs.FilesAsync(job, ct);
        return JobStatus.Manifest(job, writer =>
        {
            foreach (var kind in Kinds)
            {
                writer.WriteStartArray(kind);
                foreach (var file in files.Where(f => f.Kind == kind))
                {
                    writer.WriteStartObject();
                    writer.WriteString("type", file.Type);
                    writer.WriteString("url", $"{address}/{JobStatus.Path}/{job.Id}/{file.Name}");
                    writer.WriteNumber("count", file.Count);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            }
        });
    }

    private sealed class Piece
    {
        public long Count { get; set; }

        public long Bytes { get; set; }

        public string After { get; set; } = "";

        public bool TypeDone { get; set; }
    }

    public async Task<bool> RunAsync(Job noted, CancellationToken ct)
    {
        await using var connection = await sessions.OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        // As it is now that nobody else works on it.
        if (!await JobSessions.TakeAsync(connection, noted, ct) || await jobs.FindAsync(noted.Caller.Tenant, noted.Id, ct) is not { State: "running" } job)
        {
            return false;
        }

        var (saved, file) = await PieceAsync(connection, ExportJob.Of(job), ct);
        if (!await jobs.SaveAsync(connection, saved, file, ct) && file is not null)
        {
            await store.DeleteAsync(JobFile.ObjectName(job, file.Name), ct);
        }

        await transaction.CommitAsync(ct);
        return true;
    }

    private async Task<(Job Job, JobFile? File)> PieceAsync(NpgsqlConnection connection, ExportJob export, CancellationToken ct)
    {
        var job = export.Job;
        var deleted = job.Step >= export.Request.Types.Count;
        var type = export.Request.Types[job.Step % export.Request.Types.Count];
        var name = FormattableString.Invariant($"{(deleted ? "deleted-" : "")}{type}-{job.Part}.ndjson");
        var piece = new Piece { After = job.After };
        // Most types have nothing, and leave no empty file.
        if ((await rows.NextAsync(connection, export, type, deleted, piece.After, ct)).Last is null)
        {
            return (job with { Step = job.Step + 1, After = "" }, null);
        }

        await store.PutAsync(JobFile.ObjectName(job, name), (stream, stop) => WriteAsync(connection, export, type, deleted, piece, stream, stop), ct);
        var next = piece.TypeDone ? job with { Step = job.Step + 1, After = "" } : job with { After = piece.After };
        if (piece.Count == 0)
        {
            await store.DeleteAsync(JobFile.ObjectName(job, name), ct);
            return (next, null);
        }

        return (next with { Part = job.Part + 1, Count = job.Count + piece.Count, Bytes = job.Bytes + piece.Bytes },
            new JobFile(job.Part, name, deleted ? "deleted" : "output", deleted ? "Bundle" : type, piece.Count, piece.Bytes));
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

            await rows.ReadAsync(
                connection, job, type, found, deleted,
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
