namespace Salus.Simulation.Streams;

/// <summary>A value that a device shows.</summary>
/// <param name="Time">Milliseconds since 1970 UTC.</param>
/// <param name="Thousandths">Of the metric's unit.</param>
/// <param name="Questionable">Whether the device is not sure of it.</param>
internal readonly record struct StreamSample(long Time, int Thousandths, bool Questionable);

/// <summary>The values of one metric that wait to be sent. Keeps its memory when it is cleared.</summary>
internal sealed class SampleRun
{
    private StreamSample[] items = new StreamSample[4];
    private int count;

    public ReadOnlySpan<StreamSample> Samples => items.AsSpan(0, count);

    public void Add(long time, int thousandths, bool questionable)
    {
        if (count == items.Length)
        {
            Array.Resize(ref items, count * 2);
        }

        items[count++] = new StreamSample(time, thousandths, questionable);
    }

    public void Clear() => count = 0;
}
