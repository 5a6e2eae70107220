using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Salus.Records.Http;

/// <summary>Writes searchset, history and response bundles; resources go in as the stored bytes.</summary>
internal sealed class BundleWriter : IDisposable
{
    private readonly ArrayBufferWriter<byte> buffer = new(16 * 1024);
    private readonly Utf8JsonWriter writer;

    /// <summary>The answer is JSON by its media type and never sniffed, so only what JSON requires is escaped.</summary>
    internal static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    public BundleWriter(string type, string? id = null)
    {
        writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true, Encoder = Encoder });
        writer.WriteStartObject();
        writer.WriteString("resourceType"u8, "Bundle"u8);
        if (id is not null)
        {
            writer.WriteString("id"u8, id);
        }

        writer.WriteString("type"u8, type);
    }

    public BundleWriter Timestamp(DateTimeOffset at)
    {
        writer.WriteString("timestamp"u8, at);
        return this;
    }

    public BundleWriter Total(long total)
    {
        writer.WriteNumber("total"u8, total);
        return this;
    }

    public BundleWriter Links(params ReadOnlySpan<(string Relation, string Url)> links)
    {
        writer.WriteStartArray("link"u8);
        foreach (var (relation, url) in links)
        {
            writer.WriteStartObject();
            writer.WriteString("relation"u8, relation);
            writer.WriteString("url"u8, url);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        return this;
    }

    private bool open;

    /// <summary>Starts an entry; close it with <see cref="EndEntry"/>.</summary>
    public Utf8JsonWriter Entry(string? fullUrl)
    {
        // FHIR has no empty arrays: "entry" appears with the first entry.
        if (!open)
        {
            writer.WriteStartArray("entry"u8);
            open = true;
        }

        writer.WriteStartObject();
        if (fullUrl is not null)
        {
            writer.WriteString("fullUrl"u8, fullUrl);
        }

        return writer;
    }

    public void Resource(ReadOnlyMemory<byte> json)
    {
        writer.WritePropertyName("resource"u8);
        writer.WriteRawValue(json.Span, skipInputValidation: true);
    }

    public void EndEntry() => writer.WriteEndObject();

    public ReadOnlyMemory<byte> ToUtf8()
    {
        if (open)
        {
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    public void Dispose() => writer.Dispose();
}
