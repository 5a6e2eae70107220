using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Salus.Simulation.Json;

/// <summary>One transaction bundle of PUT entries (https://hl7.org/fhir/R4/http.html#transaction).</summary>
internal sealed class TransactionWriter : IDisposable
{
    /// <summary>Base of the fullUrls, which R4 wants on entries that are not creates; relative references in the bundle resolve against it.</summary>
    const string Base = "https://salus-demo.example.org/fhir/";

    // Names keep their letters: UTF-8 needs no \u escapes, and these bytes never become HTML.
    static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly ArrayBufferWriter<byte> buffer = new(64 * 1024);
    readonly Utf8JsonWriter json;
    readonly ElementWriter element;

    public TransactionWriter()
    {
        json = new Utf8JsonWriter(buffer, Options);
        element = new ElementWriter(json);
        json.WriteStartObject();
        json.WriteString("resourceType", "Bundle");
        json.WriteString("type", "transaction");
        json.WriteStartArray("entry");
    }

    public void Put(string type, string id, Action<ElementWriter> content)
    {
        json.WriteStartObject();
        json.WriteString("fullUrl", $"{Base}{type}/{id}");
        json.WriteStartObject("resource");
        json.WriteString("resourceType", type);
        json.WriteString("id", id);
        content(element);
        json.WriteEndObject();
        json.WriteStartObject("request");
        json.WriteString("method", "PUT");
        json.WriteString("url", $"{type}/{id}");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public ReadOnlyMemory<byte> Finish()
    {
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    public void Dispose() => json.Dispose();
}
