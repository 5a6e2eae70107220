using System.Diagnostics;
using System.Text.Json;
using System.Text.Unicode;

namespace Salus.Bench.Ceilings;

/// <summary>How fast the same JSON can be looked at, on one thread.</summary>
/// <param name="Tokens">Megabytes a second (10^6) when every token is read, as <see cref="Utf8JsonReader"/> does, which checks the syntax as well.</param>
/// <param name="Scan">Megabytes a second when every byte is only checked to be UTF-8.</param>
internal sealed record JsonPass(double Megabytes, long Resources, double Tokens, double Scan)
{
    public double TokenResources => Tokens / Megabytes * Resources;

    public double ScanResources => Scan / Megabytes * Resources;

    /// <summary>The fastest of some passes, the first left out.</summary>
    public static JsonPass Over(IReadOnlyList<byte[]> texts, long resources, int passes)
    {
        var megabytes = texts.Sum(t => (long)t.Length) / 1e6;
        return new(megabytes, resources, Fastest(Read), Fastest(Check));

        double Fastest(Action<byte[]> pass)
        {
            var best = double.MaxValue;
            for (var i = 0; i <= passes; i++)
            {
                var started = Stopwatch.GetTimestamp();
                foreach (var text in texts)
                {
                    pass(text);
                }

                best = i == 0 ? best : Math.Min(best, Stopwatch.GetElapsedTime(started).TotalSeconds);
            }

            return megabytes / best;
        }
    }

    private static void Read(byte[] text)
    {
        var reader = new Utf8JsonReader(text);
        while (reader.Read())
        {
        }
    }

    private static void Check(byte[] text)
    {
        if (!Utf8.IsValid(text))
        {
            throw new InvalidDataException("The text is no UTF-8.");
        }
    }
}
