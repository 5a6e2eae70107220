using System.Text;

namespace Salus.Fhir.Definitions;

/// <summary>The texts of the compiled definitions; each is decoded once, when it is first asked for.</summary>
internal sealed class StringTable
{
    private readonly byte[] file;
    private readonly int[] starts;
    private readonly string?[] decoded;

    internal StringTable(byte[] file, Range section)
    {
        this.file = file;
        var reader = new FormatReader(file, section.Start.Value);
        var count = reader.Number();
        starts = new int[count];
        decoded = new string?[count];
        for (var i = 0; i < count; i++)
        {
            starts[i] = reader.Position;
            reader.Section();
        }
    }

    // Two threads may decode the same text at once: either result is good.
    internal string this[int number] => decoded[number] ??= Encoding.UTF8.GetString(Utf8(number));

    internal ReadOnlySpan<byte> Utf8(int number) => file.AsSpan(new FormatReader(file, starts[number]).Section());
}
