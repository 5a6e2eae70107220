using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Salus.Kernel;
using Salus.Monitoring.Cluster;
using Salus.Monitoring.Devices;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Waveforms;

namespace Salus.Monitoring.Ingest;

/// <summary>Takes what devices send: <c>POST /telemetry</c>, and <see cref="TelemetryInlet"/>.</summary>
internal sealed class TelemetryIntake(
    DeviceIndex devices, DeviceRegistry registry, RegistryProgress progress, MeasuredMetrics metrics, SeriesBook book, SampleRoute route, WaveformStore waveforms, IngestLog log)
{
    private const string Again = "Nothing of the body was stored. Send it again in a moment.";

    // For what was stored a moment ago to be in the registry.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly JsonWriterOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The route.</summary>
    public async Task PostAsync(HttpContext http)
    {
        var binary = IsBinary(http.Request.ContentType);
        var outcome = await ReadAsync(http, binary);
        if (outcome.Failed(out var failure))
        {
            IngestLog.Count(binary, Refused.Status(failure.Kind));
            await new Refused(failure).ExecuteAsync(http);
            return;
        }

        IngestLog.Count(binary, StatusCodes.Status200OK);
        await WriteAsync(http, outcome.Value);
    }

    /// <summary>A message that came another way (<see cref="TelemetryInlet.TakeAsync"/>).</summary>
    public async ValueTask<Outcome<TelemetryTaken>> TakeAsync(Caller caller, string? sender, TelemetryMessage message)
    {
        if (!caller.Permit.Has(Permissions.Telemetry))
        {
            return new Failure(FailureKind.Forbidden, "forbidden", $"This needs the permission {Permissions.Telemetry}.");
        }

        if (!registry.Ready)
        {
            return Away("The devices are not known yet.");
        }

        var plain = PackedBody.Read(message, log.Options.MaxBatchBytes);
        if (plain.Failed(out var failure))
        {
            return failure;
        }

        var form = Form(message.ContentType, plain.Value.Span);
        if (form.Failed(out failure))
        {
            return failure;
        }

        var known = sender is null ? caller : caller with { Person = $"Device/{Sender(caller.Tenant, sender)}" };
        var answer = await TakeAsync(known, plain.Value, binary: form.Value);
        return answer.Failed(out failure)
            ? failure
            : new TelemetryTaken(answer.Value.Taken.Stored, answer.Value.Taken.Duplicates, answer.Value.Rejected, answer.Value.Listed is [var first, ..] ? $"{first.Device}, {first.Code}: {first.Message}" : null)
            {
                Waveforms = answer.Value.Waveforms?.Stored ?? 0,
                WaveformDuplicates = answer.Value.Waveforms?.Duplicates ?? 0,
            };
    }

    /// <summary>Checks and stores a body, wherever it comes from; returns when its good samples are durable. Fails with Invalid when it is not well-formed, with Busy and Unavailable as the flow does.</summary>
    /// <param name="body">Must not change until this returns.</param>
    public async ValueTask<Outcome<IntakeAnswer>> TakeAsync(Caller caller, ReadOnlyMemory<byte> body, bool binary)
    {
        if (!registry.Ready)
        {
            return Away("The devices are not known yet.");
        }

        IngestMeter.Bytes.Add(body.Length);
        var (check, wrong) = Check(caller, body, binary);
        Outcome<IntakeAnswer> answer;
        try
        {
            if (check.AsksForRegistry && !progress.IsCurrent)
            {
                check.Dispose();
                if (!await progress.CurrentAsync(Patience, CancellationToken.None))
                {
                    return Away("Devices were stored a moment ago and are not known yet.");
                }

                (check, wrong) = Check(caller, body, binary);
            }

            answer = wrong ?? await StoreAsync(check, caller.Tenant);
        }
        catch (Exception e) when (DatabaseFault.Is(e))
        {
            return Away("The database is away.");
        }

        // After a failure nobody knows whether somebody still looks at the samples: then they do not go back to the pool.
        if (wrong is not null || !answer.Failed(out _))
        {
            check.Dispose();
        }

        return answer;
    }

    private (BatchCheck Check, Failure? Wrong) Check(Caller caller, ReadOnlyMemory<byte> body, bool binary)
    {
        var check = new BatchCheck(devices, caller, log.Limits());
        return (check, binary ? BinaryTelemetry.Read(body.Span, metrics, check) : JsonTelemetry.Read(body.Span, metrics, check));
    }

    private async ValueTask<Outcome<IntakeAnswer>> ReadAsync(HttpContext http, bool binary)
    {
        if (!binary && !http.Request.HasJsonContentType())
        {
            return new Failure(FailureKind.UnsupportedMediaType, "not-supported", $"The Content-Type is '{http.Request.ContentType}'; Salus reads application/json and {BinaryTelemetry.MediaType}.", "Content-Type");
        }

        var read = await TelemetryBody.ReadAsync(http, log.Options.MaxBatchBytes, log.Budget);
        if (read.Failed(out var failure))
        {
            return failure;
        }

        // Held until its samples are durable: that is what bounds the memory.
        using var body = read.Value;
        return await TakeAsync(http.Caller(), body.Bytes, binary);
    }

    // Not cancelled when the sender goes away: what was read whole is stored whole.
    private async ValueTask<Outcome<IntakeAnswer>> StoreAsync(BatchCheck check, Tenant tenant)
    {
        await check.FinishAsync(book.GetAsync, CancellationToken.None);
        // First, because they need nothing but the database: what fails behind them is sent again, and finds them there.
        var kept = await waveforms.PutAsync(check.Waveforms.Blocks);
        if (kept.Failed(out var failed))
        {
            return failed;
        }

        var taken = new Taken(0, 0);
        if (!check.Samples.IsEmpty)
        {
            var outcome = await route.TakeAsync(check.Samples, CancellationToken.None);
            if (outcome.Failed(out var failure))
            {
                return failure;
            }

            taken = outcome.Value;
        }

        log.Stored(tenant, taken, kept.Value, check);
        return new IntakeAnswer(taken, check.Waveforms.Any ? kept.Value : null, check.Rejected, check.Listed);
    }

    private static Failure Away(string what) => new(FailureKind.Unavailable, "transient", $"{what} {Again}");

    // True for the binary one. Ways such as MQTT 3.1.1 have no place for a media type.
    private static Outcome<bool> Form(string? type, ReadOnlySpan<byte> body) => type is null or "" or "application/octet-stream" ? body.StartsWith(BinaryTelemetry.Magic)
        : IsBinary(type) ? true
        : type.Split(';')[0].Trim().Equals("application/json", StringComparison.OrdinalIgnoreCase) ? false
        : new Failure(FailureKind.UnsupportedMediaType, "not-supported", $"The content type is '{type}'; Salus reads application/json and {BinaryTelemetry.MediaType}.", "Content-Type");

    // The logical id of a device that has this name alone; else the name, which then is nobody's id or its own.
    private string Sender(Tenant tenant, string name) => devices.Find(tenant, name) is { Length: > 0 } found && (found.Length == 1 || !found[1].IsUsable) ? found[0].Id : name;

    private static bool IsBinary(string? type) => type is not null && type.Split(';')[0].Trim().Equals(BinaryTelemetry.MediaType, StringComparison.OrdinalIgnoreCase);

    private static async Task WriteAsync(HttpContext http, IntakeAnswer answer)
    {
        http.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(http.Response.BodyWriter, Plain);
        writer.WriteStartObject();
        writer.WriteNumber("stored"u8, answer.Taken.Stored);
        writer.WriteNumber("duplicates"u8, answer.Taken.Duplicates);
        writer.WriteNumber("rejected"u8, answer.Rejected);
        if (answer.Waveforms is { } waveforms)
        {
            writer.WriteStartObject("waveforms"u8);
            writer.WriteNumber("stored"u8, waveforms.Stored);
            writer.WriteNumber("duplicates"u8, waveforms.Duplicates);
            writer.WriteEndObject();
        }

        writer.WriteStartArray("rejections"u8);
        foreach (var rejection in answer.Listed)
        {
            writer.WriteStartObject();
            writer.WriteNumber("batch"u8, rejection.Batch);
            writer.WriteNumber("index"u8, rejection.Index);
            if (rejection.Of is { } of)
            {
                writer.WriteString("of"u8, of);
            }

            writer.WriteString("device"u8, rejection.Device);
            writer.WriteString("code"u8, rejection.Code);
            writer.WriteString("reason"u8, rejection.Reason.Text());
            writer.WriteString("message"u8, rejection.Message);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}

/// <summary>What became of a request's samples and waveforms.</summary>
/// <param name="Waveforms">Null when there were none.</param>
/// <param name="Rejected">Samples and waveforms.</param>
internal sealed record IntakeAnswer(Taken Taken, Taken? Waveforms, int Rejected, IReadOnlyList<Rejection> Listed);
