using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Salus.Kernel;
using Salus.Records.Http;

namespace Salus.Records.Export;

/// <summary>What has become of an export (https://hl7.org/fhir/uv/bulkdata/STU2/export.html): its progress, its manifest, its files, its end.</summary>
internal sealed class ExportStatus(ExportJobs jobs, IObjectStore store)
{
    /// <summary>Below the FHIR base.</summary>
    public const string Path = "_async";

    /// <summary>202 with the progress, 200 with the manifest, or 500 with the reason.</summary>
    public async Task<Outcome<Reply>> AskAsync(Caller caller, string id, string address, CancellationToken ct)
    {
        if (await jobs.FindAsync(caller.Tenant, id, ct) is not { } job)
        {
            return Unknown();
        }

        var expires = ("Expires", new DateTimeOffset(job.Expires, TimeSpan.Zero).ToString("R", CultureInfo.InvariantCulture));
        return job.State switch
        {
            "running" => new Reply(202)
            {
                Headers = [("X-Progress", string.Create(CultureInfo.InvariantCulture, $"{job.Step} of {job.Steps} steps, {job.Exported} resources")), ("Retry-After", job.Exported < 1000 ? "1" : "5")],
            },
            "failed" => OperationOutcome.Reply(500, "exception", $"The export failed. {job.Error}"),
            _ => new Reply(200) { Body = Manifest(job, await jobs.FilesAsync(job, ct), address), ContentType = "application/json", Headers = [expires] },
        };
    }

    /// <summary>Ends an export, or removes its files.</summary>
    public async Task<Outcome<Reply>> CancelAsync(Caller caller, string id, CancellationToken ct) => await jobs.CancelAsync(caller.Tenant, id, ct) ? new Reply(202) : Unknown();

    /// <summary>One file, as a stream.</summary>
    public async Task<Outcome<Reply>> FileAsync(Caller caller, string id, string name, CancellationToken ct)
    {
        // A name that the job does not have never reaches the store.
        if (await jobs.FindAsync(caller.Tenant, id, ct) is not { State: "done" } job || !(await jobs.FilesAsync(job, ct)).Any(f => f.Name == name)
            || await store.OpenAsync(ExportFile.ObjectName(id, name), ct) is not { } stream)
        {
            return Unknown();
        }

        return new Reply(200) { Stream = stream, ContentType = "application/fhir+ndjson" };
    }

    private static Failure Unknown() => new(FailureKind.NotFound, "not-found", "There is no such export: it was never asked for, was cancelled, or its files have expired. Export again.");

    private static byte[] Manifest(ExportJob job, IReadOnlyList<ExportFile> files, string address)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = BundleWriter.Encoder }))
        {
            writer.WriteStartObject();
            writer.WriteString("transactionTime", job.At.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
            writer.WriteString("request", job.Url);
            writer.WriteBoolean("requiresAccessToken", false);
            foreach (var kind in new[] { "output", "deleted", "error" })
            {
                writer.WriteStartArray(kind);
                foreach (var file in files.Where(f => f.Kind == kind))
                {
                    writer.WriteStartObject();
                    writer.WriteString("type", file.Type);
                    writer.WriteString("url", $"{address}/{Path}/{job.Id}/{file.Name}");
                    writer.WriteNumber("count", file.Count);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
