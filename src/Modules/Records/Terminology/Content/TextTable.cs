using System.Buffers;
using System.Text;

namespace Salus.Records.Terminology.Content;

/// <summary>Many texts as UTF-8 in one array: half the memory of strings, and nothing for the collector to walk. Immutable.</summary>
internal sealed class TextTable
{
    private readonly byte[] bytes;
    private readonly int[] starts;

    private TextTable(byte[] bytes, int[] starts)
    {
        this.bytes = bytes;
        this.starts = starts;
    }

    public ReadOnlySpan<byte> Utf8(int index) => bytes.AsSpan(starts[index]..starts[index + 1]);

    /// <summary>The text; null for one that was missing or empty.</summary>
    public string? Text(int index) => Utf8(index) is { Length: > 0 } utf8 ? Encoding.UTF8.GetString(utf8) : null;

    internal sealed class Builder
    {
        private readonly ArrayBufferWriter<byte> bytes = new(4096);
        private readonly List<int> starts = [0];

        public int Add(string? text)
        {
            if (text is not null)
            {
                Encoding.UTF8.GetBytes(text, bytes);
            }

            starts.Add(bytes.WrittenCount);
            return starts.Count - 2;
        }

        public TextTable Build() => new(bytes.WrittenSpan.ToArray(), [.. starts]);
    }
}
