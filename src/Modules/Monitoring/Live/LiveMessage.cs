using System.Text.Json;
using System.Text.Json.Serialization;

namespace Salus.Monitoring.Live;

/// <summary>An argument of a call to a client, written as the routes write it.</summary>
[JsonConverter(typeof(Converter))]
internal sealed record LiveMessage(Action<Utf8JsonWriter> Write)
{
    private sealed class Converter : JsonConverter<LiveMessage>
    {
        public override LiveMessage Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException("Clients are told, and tell nothing.");

        public override void Write(Utf8JsonWriter writer, LiveMessage value, JsonSerializerOptions options) => value.Write(writer);
    }
}
