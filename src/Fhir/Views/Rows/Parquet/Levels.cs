namespace Salus.Fhir.Views.Parquet;

/// <summary>
/// Definition or repetition levels of a page in Parquet's RLE and bit-packing hybrid (https://parquet.apache.org/docs/file-format/data-pages/encodings/): one run when all are
/// the same, as in most columns, bit-packed otherwise.
/// </summary>
internal sealed class Levels(int bits)
{
    private byte[] values = new byte[1024];

    internal int Count { get; private set; }

    internal void Add(byte level)
    {
        if (Count == values.Length)
        {
            Array.Resize(ref values, values.Length * 2);
        }

        values[Count++] = level;
    }

    internal void Clear() => Count = 0;

    /// <summary>Writes them with their length in front.</summary>
    internal void Write(RowBuffer output)
    {
        var encoded = new RowBuffer();
        var all = values.AsSpan(0, Count);
        if (all.IndexOfAnyExcept(all[0]) < 0)
        {
            Variable(encoded, (ulong)Count << 1);
            encoded.Add(all[0]);
        }
        else
        {
            Pack(encoded, all);
        }

        Span<byte> length = stackalloc byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(length, encoded.Length);
        output.Add(length);
        output.Add(encoded.Written);
    }

    internal static void Variable(RowBuffer output, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            output.Add((byte)(value | 0x80));
        }

        output.Add((byte)value);
    }

    private void Pack(RowBuffer output, ReadOnlySpan<byte> all)
    {
        var groups = (all.Length + 7) / 8;
        Variable(output, ((ulong)groups << 1) | 1);
        for (var group = 0; group < groups; group++)
        {
            uint packed = 0;
            for (var i = 0; i < 8 && (group * 8) + i < all.Length; i++)
            {
                packed |= (uint)all[(group * 8) + i] << (i * bits);
            }

            for (var i = 0; i < bits; i++)
            {
                output.Add((byte)(packed >> (i * 8)));
            }
        }
    }
}
