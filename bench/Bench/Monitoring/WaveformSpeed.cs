using System.Diagnostics;
using System.IO.Compression;
using Salus.Monitoring.Storage;
using Salus.Monitoring.Waveforms;
using Salus.Simulation;
using Salus.Simulation.Streams;

namespace Salus.Bench.Monitoring;

/// <summary>What waveforms cost: bytes and time of the encoding beside general compressors, in process; taking and reading them, over HTTP through the whole server.</summary>
internal sealed class WaveformSpeed(CommandLine line)
{
    public static string[] Options => ["--seconds", "--beds", "--length"];

    public async Task RunAsync()
    {
        var page = new ResultPage("Waveforms", $"waveforms {line.Text}".TrimEnd());
        page.Fact("Data", "lead II at 250 samples a second (steps of 2.5 uV) and a plethysmogram at 125, both of simulated monitors.");
        page.Fact("Method", "In process: one thread encodes and decodes all blocks again and again; MB are of numbers with 2 bytes each. Differences are varints of the zig-zag change from sample to sample, behind them the compressor of the name at its fastest and best level. Over HTTP: the built server as a process of its own with its PostgreSQL, one client in this process on the same machine.");
        Codecs(page);
        await page.WriteAsync(line.Page("waveforms.md"));
        await new WaveformServer(line, page).RunAsync();
        await page.WriteAsync(line.Page("waveforms.md"));
        Console.WriteLine(await File.ReadAllTextAsync(line.Page("waveforms.md")));
    }

    private void Codecs(ResultPage page)
    {
        page.Line("\n## Encoding, one core");
        page.Columns("signal", "samples a block", "encoding", "bytes a sample", "encode MB/s", "decode MB/s");
        foreach (var (name, samples, rate) in Signals())
        {
            foreach (var length in (int[])[rate, 10 * rate])
            {
                var blocks = samples.Chunk(length).Where(b => b.Length == length).ToList();
                Row(page, name, length, "Rice", blocks, b => WaveformCodec.Write(b), (data, into) => WaveformCodec.Read(data, into));
                Row(page, name, length, "differences", blocks, b => Differences(b), (data, into) => Sums(data, into));
                Row(page, name, length, "differences, Deflate fastest", blocks, b => Deflate(Differences(b), CompressionLevel.Fastest), (data, into) => Sums(Inflate(data, into.Length), into));
                Row(page, name, length, "differences, Deflate best", blocks, b => Deflate(Differences(b), CompressionLevel.SmallestSize), (data, into) => Sums(Inflate(data, into.Length), into));
                Row(page, name, length, "differences, Brotli 1", blocks, b => Brotli(Differences(b), 1), (data, into) => Sums(Unbrotli(data, into.Length), into));
                Row(page, name, length, "differences, Brotli 9", blocks, b => Brotli(Differences(b), 9), (data, into) => Sums(Unbrotli(data, into.Length), into));
            }
        }
    }

    private static IEnumerable<(string Name, int[] Samples, int Rate)> Signals()
    {
        var monitor = new BedsideStreams(new StreamPlan(1) { Waveforms = true }, null!, TimeProvider.System).Monitors([("d", "p")], 0)[0];
        var pace = new Pace(1);
        for (var at = 1000L; at <= 300_000; at += 1000)
        {
            monitor.Tick(at, at, pace);
        }

        yield return ("lead II, simulated", [.. monitor.Blocks.Where(b => b.Signal == StreamSignal.LeadTwo).SelectMany(b => b.Samples)], 250);
        yield return ("plethysmogram, simulated", [.. monitor.Blocks.Where(b => b.Signal == StreamSignal.Pleth).SelectMany(b => b.Samples)], 125);
    }

    private void Row(ResultPage page, string signal, int length, string encoding, List<int[]> blocks, Func<int[], byte[]> write, Action<byte[], int[]> read)
    {
        var encoded = blocks.ConvertAll(b => write(b));
        var into = new int[length];
        foreach (var (block, data) in blocks.Zip(encoded))
        {
            read(data, into);
            if (!block.AsSpan().SequenceEqual(into))
            {
                throw new InvalidOperationException($"{encoding} loses something.");
            }
        }

        var encode = Rate(() => blocks.ForEach(b => write(b)));
        var decode = Rate(() => encoded.ForEach(d => read(d, into)));
        var samples = (double)blocks.Count * length;
        page.Format($"| {signal} | {length:N0} | {encoding} | {encoded.Sum(d => (long)d.Length) / samples:F3} | {encode * samples * 2 / 1e6:F0} | {decode * samples * 2 / 1e6:F0} |");
    }

    private double Rate(Action all)
    {
        // The first time is for the compiler.
        _ = Once(all);
        return Once(all);
    }

    private double Once(Action all)
    {
        var (rounds, started) = (0, Stopwatch.GetTimestamp());
        while (Stopwatch.GetElapsedTime(started) < line.Seconds("--seconds", 0.5))
        {
            all();
            rounds++;
        }

        return rounds / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static byte[] Differences(int[] samples)
    {
        var bytes = new byte[samples.Length * 5];
        var (length, last) = (0, 0);
        foreach (var sample in samples)
        {
            length += Varint.Write(bytes.AsSpan(length), Varint.ZigZag(sample - last));
            last = sample;
        }

        return bytes[..length];
    }

    private static void Sums(ReadOnlySpan<byte> data, int[] into)
    {
        var last = 0L;
        for (var i = 0; i < into.Length; i++)
        {
            into[i] = (int)(last += Varint.ZigZag(Varint.Read(ref data)));
        }
    }

    private static byte[] Deflate(byte[] bytes, CompressionLevel level)
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, level))
        {
            deflate.Write(bytes);
        }

        return packed.ToArray();
    }

    private static byte[] Inflate(byte[] bytes, int samples)
    {
        using var plain = new MemoryStream(samples * 2);
        using var inflate = new DeflateStream(new MemoryStream(bytes), CompressionMode.Decompress);
        inflate.CopyTo(plain);
        return plain.ToArray();
    }

    private static byte[] Brotli(byte[] bytes, int quality)
    {
        var packed = new byte[BrotliEncoder.GetMaxCompressedLength(bytes.Length)];
        return BrotliEncoder.TryCompress(bytes, packed, out var length, quality, 18) ? packed[..length] : throw new InvalidOperationException("Brotli");
    }

    private static byte[] Unbrotli(byte[] bytes, int samples)
    {
        var plain = new byte[samples * 5];
        return BrotliDecoder.TryDecompress(bytes, plain, out var length) ? plain[..length] : throw new InvalidOperationException("Brotli");
    }
}
