using System.Buffers;
using System.IO.Compression;
using System.Runtime.InteropServices;
using Salus.Kernel;

namespace Salus.Monitoring.Ingest;

/// <summary>Unpacks a body that is whole in memory already.</summary>
internal static class PackedBody
{
    /// <summary>What it holds. Fails with UnsupportedMediaType for another encoding, TooLarge for more than so many bytes, Invalid when it is not what its encoding says.</summary>
    public static Outcome<ReadOnlyMemory<byte>> Read(TelemetryMessage message, int most)
    {
        if (message.ContentEncoding is null or "" or "identity")
        {
            return message.Bytes.Length <= most ? message.Bytes : TelemetryBody.TooLarge(most);
        }

        try
        {
            var source = MemoryMarshal.TryGetArray(message.Bytes, out var array) ? array : message.Bytes.ToArray();
            using var packed = new MemoryStream(source.Array!, source.Offset, source.Count, writable: false);
            using var stream = Unpack(packed, message.ContentEncoding);
            return stream is null
                ? new Failure(FailureKind.UnsupportedMediaType, "not-supported", $"The content encoding is '{message.ContentEncoding}'; Salus reads gzip, br and deflate.", "Content-Encoding")
                : Read(stream, most);
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException)
        {
            // Brotli throws the one, gzip the other.
            return new Failure(FailureKind.Invalid, "structure", "The body is not what its content encoding says, or is cut off: it cannot be decompressed. Nothing of it was stored.", "Content-Encoding");
        }
    }

    private static Stream? Unpack(Stream packed, string encoding) => encoding switch
    {
        "gzip" => new GZipStream(packed, CompressionMode.Decompress),
        "br" => new BrotliStream(packed, CompressionMode.Decompress),
        "deflate" => new ZLibStream(packed, CompressionMode.Decompress),
        _ => null,
    };

    private static Outcome<ReadOnlyMemory<byte>> Read(Stream stream, int most)
    {
        var plain = new ArrayBufferWriter<byte>(16 * 1024);
        for (int read; (read = stream.Read(plain.GetSpan(16 * 1024))) > 0;)
        {
            plain.Advance(read);
            if (plain.WrittenCount > most)
            {
                return TelemetryBody.TooLarge(most);
            }
        }

        return plain.WrittenMemory;
    }
}
