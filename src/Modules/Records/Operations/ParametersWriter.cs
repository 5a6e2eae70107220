using System.Buffers;
using System.Text;
using System.Text.Json;
using Salus.Records.Http;

namespace Salus.Records.Operations;

/// <summary>Writes a Parameters resource, the output of an operation (http://hl7.org/fhir/R4/parameters.html). A null value writes nothing.</summary>
internal sealed class ParametersWriter : IDisposable
{
    private readonly ArrayBufferWriter<byte> buffer = new(1024);
    private readonly Utf8JsonWriter writer;
    private readonly Stack<bool> open = new();
    private bool any;

    /// <param name="profile">The profile that it follows; null for none.</param>
    public ParametersWriter(string? profile = null)
    {
        writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true, Encoder = BundleWriter.Encoder });
        writer.WriteStartObject();
        writer.WriteString("resourceType"u8, "Parameters"u8);
        if (profile is not null)
        {
            writer.WriteStartObject("meta"u8);
            writer.WriteStartArray("profile"u8);
            writer.WriteStringValue(profile);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
    }

    /// <summary>A parameter with a primitive.</summary>
    /// <param name="type">The FHIR type: <c>string</c>, <c>code</c>, <c>integer</c>.</param>
    /// <param name="value">Its text; that of a number or boolean is written as it stands.</param>
    public ParametersWriter Text(string name, string type, string? value)
    {
        if (value is null)
        {
            return this;
        }

        if (type is "boolean" or "integer" or "decimal" or "positiveInt" or "unsignedInt")
        {
            return Value(name, type, Encoding.UTF8.GetBytes(value));
        }

        Start(name).WriteString(Property(type), value);
        writer.WriteEndObject();
        return this;
    }

    public ParametersWriter Flag(string name, bool? value)
    {
        if (value is { } known)
        {
            Start(name).WriteBoolean("valueBoolean"u8, known);
            writer.WriteEndObject();
        }

        return this;
    }

    /// <summary>A parameter with a value of a data type, as its JSON.</summary>
    public ParametersWriter Value(string name, string type, ReadOnlySpan<byte> json)
    {
        var into = Start(name);
        into.WritePropertyName(Property(type));
        into.WriteRawValue(json, skipInputValidation: true);
        into.WriteEndObject();
        return this;
    }

    /// <summary>A parameter with a Coding; system and display may be missing.</summary>
    public ParametersWriter Coding(string name, string? system, string code, string? display)
    {
        var into = Start(name);
        into.WriteStartObject("valueCoding"u8);
        if (system is not null)
        {
            into.WriteString("system"u8, system);
        }

        into.WriteString("code"u8, code);
        if (display is not null)
        {
            into.WriteString("display"u8, display);
        }

        into.WriteEndObject();
        into.WriteEndObject();
        return this;
    }

    /// <summary>A parameter with a resource, as its JSON.</summary>
    public ParametersWriter Resource(string name, ReadOnlySpan<byte> json)
    {
        var into = Start(name);
        into.WritePropertyName("resource"u8);
        into.WriteRawValue(json, skipInputValidation: true);
        into.WriteEndObject();
        return this;
    }

    /// <summary>A parameter with parts: what <paramref name="parts"/> writes.</summary>
    public ParametersWriter Parts(string name, Action<ParametersWriter> parts)
    {
        Start(name);
        open.Push(any);
        any = false;
        parts(this);
        if (any)
        {
            writer.WriteEndArray();
        }

        any = open.Pop();
        writer.WriteEndObject();
        return this;
    }

    public Reply ToReply()
    {
        if (any)
        {
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.Flush();
        return new Reply(200) { Body = buffer.WrittenMemory };
    }

    public void Dispose() => writer.Dispose();

    // FHIR has no empty arrays: the array begins with its first parameter.
    private Utf8JsonWriter Start(string name)
    {
        if (!any)
        {
            writer.WriteStartArray(open.Count == 0 ? "parameter" : "part");
            any = true;
        }

        writer.WriteStartObject();
        writer.WriteString("name"u8, name);
        return writer;
    }

    private static string Property(string type) => $"value{char.ToUpperInvariant(type[0])}{type[1..]}";
}
