using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Salus.Kernel;
using Salus.Records.Http;

namespace Salus.Records.Jobs;

/// <summary>
/// What has become of a job: its progress, its result, its files, its end (https://hl7.org/fhir/uv/bulkdata/STU2/export.html, http://hl7.org/fhir/R4/async.html).
/// </summary>
internal sealed class JobStatus(JobTable jobs, IEnumerable<IJobKind> kinds, IObjectStore store)
{
    /// <summary>Below the FHIR base.</summary>
    public const string Path = "_async";

    /// <summary>202 for what was asked for, with the place to ask.</summary>
    public static Reply Begun(string address, string id, string what) => new(202)
    {
        Headers = [("Content-Location", $"{address}/{Path}/{id}"), ("Preference-Applied", "respond-async")],
        Body = OperationOutcome.Information($"{what} Content-Location says where to ask for it."),
    };

    /// <summary>429 for one more than there may be.</summary>
    public static Reply TooMany(JobOrder order, string option) => OperationOutcome.Reply(
        429, "throttled", $"There are {order.Most} jobs of this kind under way already ({option}). Ask again when one of them is done, or cancel one.") with { Headers = [("Retry-After", "60")] };

    /// <summary>202 with the progress, 200 with the result, or 500 with the reason.</summary>
    public async Task<Outcome<Reply>> AskAsync(Caller caller, string id, string address, CancellationToken ct)
    {
        if (await jobs.FindAsync(caller, id, ct) is not { } job)
        {
            return Unknown();
        }

        var kind = kinds.First(k => k.Name == job.Kind);
        switch (job.State)
        {
            case "running":
                return new Reply(202) { Headers = [("X-Progress", kind.Progress(job)), ("Retry-After", job.Count < 1000 ? "1" : "5")] };
            case "failed":
                return OperationOutcome.Reply(500, "exception", $"The {job.Kind} failed. {job.Error}");
            default:
                var expires = ("Expires", new DateTimeOffset(job.Expires, TimeSpan.Zero).ToString("R", CultureInfo.InvariantCulture));
                var result = await kind.ResultAsync(job, address, ct);
                return result.Failed(out var failure) ? failure : result.Value with { Headers = [.. result.Value.Headers, expires] };
        }
    }

    /// <summary>Ends a job, or removes its result.</summary>
    public async Task<Outcome<Reply>> CancelAsync(Caller caller, string id, CancellationToken ct) => await jobs.CancelAsync(caller, id, ct) ? new Reply(202) : Unknown();

    /// <summary>One file, as a stream.</summary>
    public async Task<Outcome<Reply>> FileAsync(Caller caller, string id, string name, CancellationToken ct) =>
        await jobs.ObjectOfAsync(caller, id, name, ct) is { } found && await store.OpenAsync(found, ct) is { } stream
            ? new Reply(200) { Stream = stream, ContentType = "application/fhir+ndjson" }
            : Unknown();

    /// <summary>The manifest of a job with files: what every kind has, and the lists that <paramref name="lists"/> writes.</summary>
    public static Reply Manifest(Job job, Action<Utf8JsonWriter> lists)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = BundleWriter.Encoder }))
        {
            writer.WriteStartObject();
            writer.WriteString("transactionTime", job.At.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
            writer.WriteString("request", job.Url);
            writer.WriteBoolean("requiresAccessToken", job.Caller.Actor != Caller.Local.Actor);
            lists(writer);
            writer.WriteEndObject();
        }

        return new Reply(200) { Body = buffer.WrittenSpan.ToArray(), ContentType = "application/json" };
    }

    private static Failure Unknown() => new(FailureKind.NotFound, "not-found", "There is no such job: it was never asked for, was cancelled, or its result has expired. Ask again.");
}
