using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Salus.Simulation.Json;

namespace Salus.Simulation.Scale;

/// <summary>JSON that is the same in many resources, written once.</summary>
internal static class Fragment
{
    static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Properties without the braces around them.</summary>
    public static byte[] Of(Action<ElementWriter> content)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, Options))
        {
            json.WriteStartObject();
            content(new ElementWriter(json));
            json.WriteEndObject();
        }

        return bytes.WrittenSpan[1..^1].ToArray();
    }
}
