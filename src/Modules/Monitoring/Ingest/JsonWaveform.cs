using System.Buffers;
using System.Text;
using System.Text.Json;
using Salus.Fhir.Primitives;
using Salus.Monitoring.Waveforms;

namespace Salus.Monitoring.Ingest;

/// <summary>Reads one waveform of a JSON body: the fields of FHIR's SampledData, with the code, the start and the unit beside them.</summary>
internal ref struct JsonWaveform
{
    private static readonly string[] Names = ["code", "start", "period", "origin", "factor", "unit", "data", "questionable"];

    private readonly WaveformCheck check;
    private readonly int index;
    private string code = "";
    private string unit = "";
    private long? start;
    private decimal? period;
    private decimal? origin = 0;
    private decimal? factor = 1;
    private bool questionable;
    private string? numbers;

    private JsonWaveform(WaveformCheck check, int index) => (this.check, this.index) = (check, index);

    /// <summary>Reads an object and gives it to the check; null, or the field and why it is not well-formed.</summary>
    /// <param name="reader">At the begin of the object; afterwards at its end.</param>
    public static (string Field, string Message)? Read(ref Utf8JsonReader reader, WaveformCheck check, int index)
    {
        var waveform = new JsonWaveform(check, index);
        var seen = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Array.IndexOf(Names, reader.GetString());
            if (name < 0 || (seen & (1 << name)) != 0)
            {
                return ("", $"A waveform has {string.Join(", ", Names)}, each at most once; there is another property.");
            }

            seen |= 1 << name;
            reader.Read();
            if (waveform.Field(ref reader, name) is { } wrong)
            {
                return ($".{Names[name]}", wrong);
            }
        }

        waveform.Give();
        return null;
    }

    private string? Field(ref Utf8JsonReader reader, int name)
    {
        switch (name)
        {
            case 0 when reader.TokenType is JsonTokenType.String or JsonTokenType.Number:
                code = reader.TokenType == JsonTokenType.String ? reader.GetString()! : Encoding.UTF8.GetString(reader.ValueSpan);
                return null;
            case 1:
                start = Time(ref reader);
                return null;
            case 2:
                period = Number(ref reader);
                return null;
            case 3:
                origin = Number(ref reader);
                return null;
            case 4:
                factor = Number(ref reader);
                return null;
            case 5 when reader.TokenType is JsonTokenType.String or JsonTokenType.Null:
                unit = reader.GetString() ?? "";
                return null;
            case 6 when reader.TokenType is JsonTokenType.String:
                numbers = reader.GetString();
                return null;
            case 7 when reader.TokenType is JsonTokenType.True or JsonTokenType.False:
                questionable = reader.TokenType == JsonTokenType.True;
                return null;
            default:
                return name switch
                {
                    6 => "data is a string of whole numbers with a space between, as \"2041 2043 2037\".",
                    7 => "questionable is true or false.",
                    _ => "This is a string.",
                };
        }
    }

    private readonly void Give()
    {
        if (!check.IsTaken(index, code))
        {
            return;
        }

        if (SignalSet.Default.Find(code) is not { } signal)
        {
            check.Reject(index, code, Reason.UnknownCode, $"This is no waveform that is kept here. Take one of {string.Join(", ", SignalSet.Default.All.Select(s => s.Name))}, or its IEEE 11073-10101 code.");
        }
        else if (start is not { } from)
        {
            check.Reject(index, code, Reason.InvalidTime, "start is the time of the first sample: ISO 8601 with seconds and a zone, as 2026-03-01T08:30:00Z, or milliseconds since 1970 as a whole number.");
        }
        else if (period is not { } milliseconds || Math.Abs(milliseconds) > 1_000_000)
        {
            check.Reject(index, code, Reason.InvalidScale, "The period is the milliseconds from one sample to the next, a JSON number: 0.1 to 1000, as 4 for 250 a second.");
        }
        else if (origin is not { } zero || factor is not { } step)
        {
            check.Reject(index, code, Reason.InvalidScale, WaveformCheck.WrongScale);
        }
        else
        {
            Numbers(signal, new SentBlock(from, (long)decimal.Round(milliseconds * 1_000_000), zero, step, questionable));
        }
    }

    private readonly void Numbers(Signal signal, in SentBlock sent)
    {
        // One more than a block has, so that one that is too long is seen to be.
        var lent = ArrayPool<int>.Shared.Rent(Math.Min(((numbers?.Length ?? 0) / 2) + 1, WaveformBlock.MostSamples + 1));
        try
        {
            var count = Parse(numbers, lent.AsSpan(0, Math.Min(lent.Length, WaveformBlock.MostSamples + 1)), out var wrong);
            if (wrong is not null)
            {
                check.Reject(index, code, Reason.NotANumber, $"'{wrong[..Math.Min(wrong.Length, 20)]}' at place {count} of data is no whole number. Values are whole numbers with a space between; where there is none (E, U, L, NaN), send what is before and what is behind as blocks of their own.");
                return;
            }

            check.Take(index, signal, unit, sent, lent.AsSpan(0, count));
        }
        finally
        {
            ArrayPool<int>.Shared.Return(lent);
        }
    }

    // How many there are, up to as many as there is room for.
    private static int Parse(string? text, Span<int> into, out string? wrong)
    {
        var count = 0;
        wrong = null;
        foreach (var range in text.AsSpan().Split(' '))
        {
            var one = text.AsSpan(range);
            if (one.IsEmpty)
            {
                continue;
            }

            if (count == into.Length)
            {
                return count;
            }

            if (!int.TryParse(one, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out into[count]))
            {
                wrong = one.ToString();
                return count;
            }

            count++;
        }

        return count;
    }

    private static decimal? Number(ref Utf8JsonReader reader)
    {
        var number = reader.TokenType == JsonTokenType.Number && reader.TryGetDecimal(out var value) ? value : (decimal?)null;
        Skip(ref reader);
        return number;
    }

    private static long? Time(ref Utf8JsonReader reader)
    {
        var time = reader.TokenType switch
        {
            JsonTokenType.Number when reader.TryGetInt64(out var milliseconds) => milliseconds,
            JsonTokenType.String when FhirDateTime.TryRead(reader.ValueSpan, out var read) && read.IsInstant => (long)Math.Floor(read.Low / 1000.0),
            _ => (long?)null,
        };
        Skip(ref reader);
        return time;
    }

    private static void Skip(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            reader.Skip();
        }
    }
}
