using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Storage;

/// <summary>
/// Samples of one series as bytes, in any order of their times; only ever added to, so what was written stays as it is. A value a second that changes little takes one byte.
/// <code>
/// byte 0      1, the format
/// a sample    control, [flags], [change of the distance in time], [change of the value]
/// control     bit 0: the distance to the sample before is another than the one before that; its change follows, zig-zag
///             bit 1: the flags are others; they follow, a byte
///             bits 2-3: the step by which the change of the value was divided (Steps)
///             bits 4-7: that change, zig-zag; 15: it follows
/// </code>
/// The first sample follows one at time 0 with value 0, and leaves a distance of 0. Not safe for several threads.
/// </summary>
internal sealed class SampleEncoder
{
    public const byte Format = 1;

    // Control, flags, time, and 34 bits of a change.
    private const int Longest = 2 + Varint.Longest + 5;

    private byte[] buffer = [Format];
    private Mark at = new(1, 0, 0, 0, 0, SampleFlags.None);

    /// <summary>A place to go back to.</summary>
    public readonly record struct Mark(int Length, int Count, long Time, long Distance, int Value, SampleFlags Flags);

    public int Count => at.Count;

    public Mark Position => at;

    /// <summary>The bytes up to now: what is added later does not change them.</summary>
    public ReadOnlyMemory<byte> Written => buffer.AsMemory(0, at.Length);

    /// <summary>Another encoder, that goes on from an earlier position.</summary>
    public SampleEncoder CopyTo(Mark position) => new() { buffer = buffer[..position.Length], at = position };

    public void Add(long time, int value, SampleFlags flags)
    {
        if (buffer.Length - at.Length < Longest)
        {
            Array.Resize(ref buffer, buffer.Length + Math.Max(4 * Longest, buffer.Length / 2));
        }

        var into = buffer.AsSpan(at.Length);
        var distance = unchecked(time - at.Time);
        var bend = unchecked(distance - at.Distance);
        var change = (long)value - at.Value;
        var step = Steps.Of(change);
        var small = Varint.ZigZag(change / Steps.Size(step));
        into[0] = (byte)((bend != 0 ? 1 : 0) | (flags != at.Flags ? 2 : 0) | (step << 2) | ((int)Math.Min(small, 15) << 4));
        var length = 1;
        if (flags != at.Flags)
        {
            into[length++] = (byte)flags;
        }

        if (bend != 0)
        {
            length += Varint.Write(into[length..], Varint.ZigZag(bend));
        }

        if (small >= 15)
        {
            length += Varint.Write(into[length..], small);
        }

        at = new(at.Length + length, at.Count + 1, time, at.Count == 0 ? 0 : distance, value, flags);
    }
}
