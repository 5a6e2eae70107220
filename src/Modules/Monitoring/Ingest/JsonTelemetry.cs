using System.Text;
using System.Text.Json;
using Salus.Fhir.Primitives;
using Salus.Kernel;

namespace Salus.Monitoring.Ingest;

/// <summary>Reads samples as JSON, without an object for each. What is not as it should be as a whole is a failure with its place; a single value that is not is rejected, and the rest goes on.</summary>
internal ref struct JsonTelemetry
{
    private readonly MeasuredMetrics metrics;
    private readonly BatchCheck check;
    private Utf8JsonReader reader;
    private int batch;
    private int index;
    private Failure? failure;

    private JsonTelemetry(ReadOnlySpan<byte> utf8, MeasuredMetrics metrics, BatchCheck check)
    {
        this.metrics = metrics;
        this.check = check;
        reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = 8 });
    }

    /// <summary>Gives everything to the check; null, or why the whole is not well-formed.</summary>
    public static Failure? Read(ReadOnlySpan<byte> utf8, MeasuredMetrics metrics, BatchCheck check)
    {
        try
        {
            var telemetry = new JsonTelemetry(utf8, metrics, check);
            telemetry.Whole();
            return telemetry.failure;
        }
        catch (JsonException e)
        {
            // The reader's message begins with what it saw and ends with a place of its own counting.
            return new Failure(
                FailureKind.Invalid, "structure", $"The body is not well-formed JSON, at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}: {e.Message.Split(" LineNumber")[0]} Nothing of it was stored.");
        }
        catch (InvalidOperationException)
        {
            return new Failure(FailureKind.Invalid, "structure", "A text of the body is not valid UTF-8. Nothing of it was stored.");
        }
    }

    private void Whole()
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            Refuse("", "The body is a JSON object: {\"device\": ..., \"samples\": [...]}, or {\"batches\": [...]} of these.");
            return;
        }

        // Whoever sends several says so with the first property.
        var ahead = reader;
        if (ahead.Read() && ahead.TokenType == JsonTokenType.PropertyName && ahead.ValueTextEquals("batches"u8))
        {
            Batches();
        }
        else
        {
            Batch(single: true);
        }

        // Finds out that there is nothing behind it.
        if (failure is null)
        {
            reader.Read();
        }
    }

    private void Batches()
    {
        reader.Read();
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            Refuse("batches", "batches is an array of {\"device\": ..., \"samples\": [...]}.");
            return;
        }

        for (; failure is null && reader.Read() && reader.TokenType != JsonTokenType.EndArray; batch++)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                Batch(single: false);
            }
            else
            {
                Refuse($"batches[{batch}]", "A batch is an object with device and samples.");
            }
        }

        if (failure is null && reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            Refuse(reader.GetString()!, "Beside batches there is nothing.");
        }
    }

    private void Batch(bool single)
    {
        var place = single ? "" : $"batches[{batch}].";
        var samples = default(Utf8JsonReader);
        var waveforms = default(Utf8JsonReader);
        ReadOnlySpan<byte> device = default;
        var (clock, patient, bed, simulated, seen) = (0L, (string?)null, (string?)null, false, 0);
        while (failure is null && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueTextEquals("waveforms"u8) && (seen & (1 << 6)) == 0 ? 6 : Name(ref seen, "device"u8, "samples"u8, "clock"u8, "patient"u8, "bed"u8, "simulated"u8);
            reader.Read();
            switch (name)
            {
                case 0 when reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length > 0:
                    device = Text();
                    break;
                case 1 when reader.TokenType == JsonTokenType.StartArray:
                    // What else is said of the device may stand behind them.
                    samples = reader;
                    reader.Skip();
                    break;
                case 2 when Time() is { } time:
                    clock = time;
                    break;
                case 3 when reader.TokenType is JsonTokenType.String or JsonTokenType.Null:
                    patient = reader.GetString();
                    break;
                case 4 when reader.TokenType is JsonTokenType.String or JsonTokenType.Null:
                    bed = reader.GetString();
                    break;
                case 5 when reader.TokenType is JsonTokenType.True or JsonTokenType.False:
                    simulated = reader.TokenType == JsonTokenType.True;
                    break;
                case 6 when reader.TokenType == JsonTokenType.StartArray:
                    seen |= 1 << 6;
                    waveforms = reader;
                    reader.Skip();
                    break;
                case -1:
                    Refuse(place.TrimEnd('.'), "A batch has device, samples, waveforms, clock, patient, bed and simulated, each at most once; there is another property.");
                    break;
                default:
                    Refuse(place + (name switch { 0 => "device", 1 => "samples", 2 => "clock", 3 => "patient", 4 => "bed", 5 => "simulated", _ => "waveforms" }), name switch
                    {
                        0 => "device is the logical id of a Device or a value of its identifiers, as a string that is not empty.",
                        1 => "samples is an array.",
                        2 => "clock is what the device's clock shows: ISO 8601 with a zone, or milliseconds since 1970.",
                        5 => "simulated is true or false.",
                        6 => "waveforms is an array.",
                        _ => "This is the logical id, as a string.",
                    });
                    break;
            }
        }

        if (failure is null && ((seen & 1) == 0 || (seen & 0b100_0010) == 0))
        {
            Refuse(place + ((seen & 1) == 0 ? "device" : "samples"), "A batch has a device, and samples or waveforms; this is missing.");
        }

        if (failure is null)
        {
            var opened = check.Open(device, new Announcement(clock, patient, bed, simulated));
            if ((seen & 0b10) != 0)
            {
                Samples(samples, opened, place);
            }

            if ((seen & 0b100_0000) != 0)
            {
                Waveforms(waveforms, opened, place);
            }
        }
    }

    private void Waveforms(Utf8JsonReader at, DeviceBatch device, string place)
    {
        var after = reader;
        reader = at;
        check.Enter(device, batch);
        for (var i = 0; failure is null && reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                Refuse($"{place}waveforms[{i}]", "A waveform is an object with code, start, period, factor, unit and data.");
            }
            else if (JsonWaveform.Read(ref reader, check.Waveforms, i) is { } wrong)
            {
                Refuse($"{place}waveforms[{i}]{wrong.Field}", wrong.Message);
            }
        }

        check.Leave();
        reader = after;
    }

    private void Samples(Utf8JsonReader at, DeviceBatch device, string place)
    {
        var after = reader;
        reader = at;
        check.Enter(device, batch);
        for (index = 0; failure is null && reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                One(place);
            }
            else
            {
                Refuse($"{place}samples[{index}]", "A sample is an object with time, code, value and unit.");
            }
        }

        check.Leave();
        reader = after;
    }

    private void One(string place)
    {
        ReadOnlySpan<byte> code = default;
        ReadOnlySpan<byte> value = default;
        ReadOnlySpan<byte> unit = default;
        long? time = null;
        var (questionable, kind, seen) = (false, JsonTokenType.None, 0);
        while (failure is null && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Name(ref seen, "time"u8, "code"u8, "value"u8, "unit"u8, "questionable"u8, default);
            reader.Read();
            switch (name)
            {
                case 0:
                    time = Time();
                    break;
                case 1 when reader.TokenType is JsonTokenType.String or JsonTokenType.Number:
                    code = Text();
                    break;
                case 2:
                    kind = reader.TokenType;
                    value = kind == JsonTokenType.Number ? reader.ValueSpan : default;
                    break;
                case 3 when reader.TokenType is JsonTokenType.String or JsonTokenType.Null:
                    unit = reader.TokenType == JsonTokenType.String ? Text() : default;
                    break;
                case 4 when reader.TokenType is JsonTokenType.True or JsonTokenType.False:
                    questionable = reader.TokenType == JsonTokenType.True;
                    break;
                case -1:
                    Refuse($"{place}samples[{index}]", "A sample has time, code, value, unit and questionable, each at most once; there is another property.");
                    break;
                default:
                    Refuse($"{place}samples[{index}].{name switch { 1 => "code", 3 => "unit", _ => "questionable" }}", name == 4 ? "questionable is true or false." : "This is a string.");
                    break;
            }

            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                reader.Skip();
            }
        }

        if (failure is null && check.IsTaken(index, code))
        {
            Measure(code, kind, value, unit, time, questionable);
        }
    }

    private readonly void Measure(ReadOnlySpan<byte> code, JsonTokenType kind, ReadOnlySpan<byte> value, ReadOnlySpan<byte> unit, long? time, bool questionable)
    {
        if (metrics.Find(code) is not { } metric)
        {
            check.Reject(index, code, Reason.UnknownCode, "This is no metric's short name, LOINC or MDC code. The metrics are listed in the documentation.");
            return;
        }

        if (kind != JsonTokenType.Number)
        {
            check.Reject(index, code, Reason.NotANumber, "The value is a JSON number, without quotes. What was not measured is left out.");
            return;
        }

        if (check.Conversion(metric, unit) is not { Problem: null } conversion)
        {
            check.RejectUnit(index, metric, unit);
            return;
        }

        if (time is not { } at)
        {
            check.Reject(index, code, Reason.InvalidTime, "The time is ISO 8601 with seconds and a zone, as 2026-03-01T08:30:00Z, or milliseconds since 1970 as a whole number.");
            return;
        }

        var written = WrittenNumber.Read(value);
        check.Take(index, metric, at, conversion.IsNone ? written.Thousandths() : WrittenNumber.Thousandths(written.Amount() is { } amount ? conversion.Convert(amount) : null), questionable);
    }

    // Which of the names it is, once; -1 for another one, or one that was there.
    private int Name(ref int seen, ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, ReadOnlySpan<byte> d, ReadOnlySpan<byte> e, ReadOnlySpan<byte> f)
    {
        var found = reader.ValueTextEquals(a) ? 0 : reader.ValueTextEquals(b) ? 1 : reader.ValueTextEquals(c) ? 2 : reader.ValueTextEquals(d) ? 3 : reader.ValueTextEquals(e) ? 4
            : !f.IsEmpty && reader.ValueTextEquals(f) ? 5 : -1;
        if (found < 0 || (seen & (1 << found)) != 0)
        {
            return -1;
        }

        seen |= 1 << found;
        return found;
    }

    private readonly ReadOnlySpan<byte> Text() => reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(reader.GetString()!) : reader.ValueSpan;

    private readonly long? Time() => reader.TokenType switch
    {
        JsonTokenType.Number when reader.TryGetInt64(out var milliseconds) => milliseconds,
        JsonTokenType.String when FhirDateTime.TryRead(reader.ValueSpan, out var time) && time.IsInstant => (long)Math.Floor(time.Low / 1000.0),
        _ => null,
    };

    private void Refuse(string place, string message) => failure = new Failure(
        FailureKind.Invalid, "structure", $"{message} (byte {reader.TokenStartIndex}) Nothing of the body was stored.", place.Length > 0 ? place : null);
}
