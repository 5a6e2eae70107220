using System.Buffers;
using System.Runtime.InteropServices;
using Npgsql;
using Salus.Kernel;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Storage;

namespace Salus.Monitoring.Waveforms;

/// <summary>Reads waveforms: all that were acknowledged. Safe for all threads.</summary>
internal sealed class WaveformHistory(Database database, WaveformBook book)
{
    /// <summary>Samples that one question may give as they are.</summary>
    public const int Most = 2_000_000;

    /// <summary>Samples of which one question may want the outline: a day of a lead at 500 a second.</summary>
    public const long MostOutlined = 45_000_000;

    /// <summary>The samples as they came; blocks that follow each other are one run. In the order of device, signal and time.</summary>
    /// <param name="from">The first time, milliseconds since 1970 UTC.</param>
    /// <param name="to">The first time that is too late.</param>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async Task<Outcome<IReadOnlyList<WaveformRun>>> RunsAsync(Tenant tenant, string patient, IReadOnlyCollection<Signal> signals, long from, long to, CancellationToken ct)
    {
        var runs = new List<WaveformRun>();
        var last = -1;
        var refused = await ReadAsync(tenant, patient, signals, from, to, Most, (series, device, signal, block, samples) =>
        {
            // Of a block that begins before or ends behind, what belongs to the time.
            var first = Math.Max(0, (((from - block.Start) * WaveformRun.Millisecond) + block.Period - 1) / block.Period);
            var end = Math.Min(samples.Length, (((to - block.Start) * WaveformRun.Millisecond) + block.Period - 1) / block.Period);
            if (first >= end)
            {
                return;
            }

            if (series != last || first > 0 || !runs[^1].GoesOn(block))
            {
                runs.Add(new WaveformRun(device, signal, (block.Start * WaveformRun.Millisecond) + (first * block.Period), block.Period, block.Origin, block.Factor, block.Flags, []));
            }

            runs[^1].Samples.AddRange(samples[(int)first..(int)end]);
            last = series;
        }, ct);
        return refused is { } failure ? failure : runs;
    }

    /// <summary>The lowest and the highest value of each of so many steps of equal length.</summary>
    /// <inheritdoc cref="RunsAsync"/>
    public async Task<Outcome<IReadOnlyList<WaveformOutline>>> OutlineAsync(Tenant tenant, string patient, IReadOnlyCollection<Signal> signals, long from, long to, int steps, CancellationToken ct)
    {
        var found = new Dictionary<int, (string Device, Signal Signal, Outline Outline)>();
        var refused = await ReadAsync(tenant, patient, signals, from, to, MostOutlined, (series, device, signal, block, samples) =>
        {
            ref var one = ref CollectionsMarshal.GetValueRefOrAddDefault(found, series, out var known);
            if (!known)
            {
                one = (device, signal, new Outline(from, to, steps));
            }

            one.Outline.Add(block, samples);
        }, ct);
        return refused is { } failure ? failure : found.Values.Select(f => new WaveformOutline(f.Device, f.Signal, f.Outline.Steps())).Where(o => o.Steps.Count > 0).ToList();
    }

    private async Task<Failure?> ReadAsync(Tenant tenant, string patient, IReadOnlyCollection<Signal> signals, long from, long to, long most, Take take, CancellationToken ct)
    {
        var series = await book.OfAsync(tenant, patient, signals, ct);
        if (series.Count == 0 || from >= to)
        {
            return null;
        }

        await using var command = database.For(tenant).Source.CreateCommand(
            """
            select series, start, period, origin, factor, flags, samples, data from monitoring.waveform
            where series = any($1) and start >= $2 and start < $3 and until > $4 order by series, start
            """);
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. series.Keys] });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = UnixTime.Of(Math.Max(0, from - WaveformBlock.LongestSpan)) });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = UnixTime.Of(to) });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = UnixTime.Of(from) });
        var lent = ArrayPool<int>.Shared.Rent(WaveformBlock.MostSamples);
        try
        {
            var count = 0L;
            await using var rows = await command.ExecuteReaderAsync(ct);
            while (await rows.ReadAsync(ct))
            {
                var number = rows.GetInt32(0);
                var block = new WaveformBlock(UnixTime.Of(rows.GetDateTime(1)), rows.GetInt64(2), rows.GetDecimal(3), rows.GetDecimal(4), (SampleFlags)rows.GetInt16(5), rows.GetInt32(6), rows.GetFieldValue<byte[]>(7));
                if ((count += block.Samples) > most)
                {
                    return new Failure(FailureKind.TooCostly, "too-costly", $"That is more than {most} samples. Ask for a shorter time, for one code, or for an outline by 'width'.", "from");
                }

                WaveformCodec.Read(block.Data, lent.AsSpan(0, block.Samples));
                take(number, series[number].Device, series[number].Signal, block, lent.AsSpan(0, block.Samples));
            }

            return null;
        }
        finally
        {
            ArrayPool<int>.Shared.Return(lent);
        }
    }

    private delegate void Take(int series, string device, Signal signal, WaveformBlock block, ReadOnlySpan<int> samples);
}
