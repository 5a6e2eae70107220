using Salus.Simulation.Chance;

namespace Salus.Simulation.Scale;

/// <summary>
/// Ids of resources by their position in the stream, in the form of UUID version 7 (https://www.rfc-editor.org/rfc/rfc9562#section-5.7): the time in front
/// grows by a second with each resource, so ids ascend as those of a busy server do; what follows is hashed from seed and position.
/// </summary>
internal sealed class Identity(int seed)
{
    public const int Length = 36;
    const long Begin = 1_577_836_800_000; // 2020-01-01
    readonly ulong start = Dice.Mix((ulong)seed ^ 0x5343_414C_4549_4453);

    public void Write(Span<byte> text, long position)
    {
        var time = (ulong)(Begin + (position * 1000));
        var low = Dice.Mix(start + ((ulong)position * 0x9E3779B97F4A7C15UL));
        var high = Dice.Mix(low);
        Hex(text[..8], time >> 16);
        Hex(text[9..13], time);
        Hex(text[14..18], 0x7000 | (high & 0x0FFF));
        Hex(text[19..23], 0x8000 | ((high >> 16) & 0x3FFF));
        Hex(text[24..36], low);
        text[8] = text[13] = text[18] = text[23] = (byte)'-';
    }

    public string Of(long position)
    {
        Span<byte> text = stackalloc byte[Length];
        Write(text, position);
        return System.Text.Encoding.ASCII.GetString(text);
    }

    static void Hex(Span<byte> text, ulong value)
    {
        for (var at = text.Length - 1; at >= 0; at--, value >>= 4) text[at] = "0123456789abcdef"u8[(int)(value & 15)];
    }
}
