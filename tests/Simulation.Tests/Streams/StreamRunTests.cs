using System.Buffers.Binary;
using System.Text.Json;
using Salus.Kernel;
using Salus.Simulation.Streams;

namespace Salus.Simulation.Tests.Streams;

/// <summary>How streams are sent when the other side is busy, away, or says no.</summary>
public sealed class StreamRunTests
{
    // All of it is past: nothing has to be waited for.
    private const long Start = 1_700_000_000_000;

    [Fact]
    public async Task What_is_not_taken_is_sent_until_it_is_and_nothing_is_missing()
    {
        var (whole, interrupted) = (new FarSide(), new FarSide { Busy = 3 });
        var (plain, waited) = (new StreamCounts(), new StreamCounts());
        Assert.Null(await Run(whole, plain).UntilAsync(Start + 120_000, default));
        Assert.Null(await Run(interrupted, waited).UntilAsync(Start + 120_000, default));
        Assert.Equal(whole.Taken, interrupted.Taken);
        Assert.Equal((3, 0), (waited.Waits, plain.Waits));
        Assert.Equal((plain.Made, 0), (waited.Made, waited.Open));
    }

    [Fact]
    public async Task What_is_due_while_the_other_side_is_away_comes_afterwards_in_bounded_bodies()
    {
        var side = new FarSide();
        var counts = new StreamCounts();
        Assert.Null(await Run(side, counts, beds: 20).UntilAsync(Start + 3_600_000, default));
        Assert.True(side.Taken.Count > 1, "one body has everything");
        Assert.All(side.Taken, body => Assert.InRange(body.Length, 1, 1_000_000));
        Assert.InRange(counts.Stored, 3600 * 20 * 2.5, 3600 * 20 * 6);
        Assert.Equal(Start + 3_599_000, counts.Time);
    }

    [Fact]
    public async Task Who_is_refused_for_good_hears_why()
    {
        var refused = await Run(new FarSide { Refuses = true }, new StreamCounts()).UntilAsync(Start + 10_000, default);
        Assert.Equal("You may not send.", refused);
    }

    [Fact]
    public async Task Who_stops_while_the_other_side_is_busy_knows_what_is_unanswered()
    {
        using var stop = new CancellationTokenSource();
        var counts = new StreamCounts();
        var side = new FarSide { Busy = int.MaxValue, OnBusy = stop.Cancel };
        Assert.Null(await Run(side, counts).UntilAsync(Start + 10_000, stop.Token));
        Assert.True(counts.Open > 0 && counts.Open == counts.Made, $"{counts.Open} of {counts.Made}");
    }

    [Fact]
    public async Task Json_and_binary_say_the_same()
    {
        var (binary, json) = (new FarSide(), new FarSide());
        await Run(binary, new StreamCounts(), beds: 2).UntilAsync(Start + 30_000, default);
        await Run(json, new StreamCounts(), beds: 2, asJson: true).UntilAsync(Start + 30_000, default);
        Assert.Equal("application/json", json.MediaType);
        using var body = JsonDocument.Parse(json.Taken[0]);
        var batches = body.RootElement.GetProperty("batches").EnumerateArray().ToList();
        Assert.Equal(binary.Values, batches.Sum(b => b.GetProperty("samples").GetArrayLength()));
        Assert.All(batches, b => Assert.True(b.GetProperty("simulated").GetBoolean()));
        Assert.Equal(2, BinaryPrimitives.ReadUInt16LittleEndian(binary.Taken[0].AsSpan(6)));
    }

    private static StreamRun Run(FarSide side, StreamCounts counts, int beds = 3, bool asJson = false) =>
        new([.. Enumerable.Range(1, beds).Select(seed => Bedside.Monitor(seed, intensive: seed % 2 == 0))], Start, 1000, 10, side, TimeProvider.System, counts, asJson);

    // The other end of the wire: keeps what it is given.
    private sealed class FarSide : IBedsideLink
    {
        public int Busy { get; set; }

        public bool Refuses { get; init; }

        public Action? OnBusy { get; init; }

        public List<byte[]> Taken { get; } = [];

        public int Values { get; private set; }

        public string? MediaType { get; private set; }

        public Task<Outcome<ReadOnlyMemory<byte>>> PostBundleAsync(ReadOnlyMemory<byte> bundle, CancellationToken ct) => throw new NotSupportedException();

        public Task<Outcome<bool>> KnowsAsync(IReadOnlyCollection<string> devices, CancellationToken ct) => throw new NotSupportedException();

        public Task<Delivery> SendAsync(ReadOnlyMemory<byte> body, string mediaType, CancellationToken ct)
        {
            MediaType = mediaType;
            if (Refuses)
            {
                return Task.FromResult(Delivery.Refused("You may not send."));
            }

            if (Busy > 0)
            {
                Busy--;
                OnBusy?.Invoke();
                return Task.FromResult(Delivery.Later("busy", TimeSpan.FromMilliseconds(1)));
            }

            var kept = body.ToArray();
            Taken.Add(kept);
            var values = mediaType == "application/json" ? 0 : Count(kept);
            Values += values;
            return Task.FromResult(new Delivery(values, 0, 0, null));
        }

        // Of the binary form: devices, then runs with their numbers. What the clocks show, which is when it was sent, is blanked.
        private static int Count(byte[] body)
        {
            var (devices, runs, at, values) = (BinaryPrimitives.ReadUInt16LittleEndian(body.AsSpan(6)), BinaryPrimitives.ReadUInt32LittleEndian(body.AsSpan(8)), 12, 0);
            for (; devices > 0; devices--)
            {
                at += 1 + body[at];
                body.AsSpan(at, 8).Clear();
                at += 8;
                at += 1 + body[at];
                at += 1 + body[at];
            }

            for (; runs > 0; runs--)
            {
                Number(body, ref at);
                Number(body, ref at);
                var samples = (int)Number(body, ref at);
                values += samples;
                at += 8;
                for (; samples > 0; samples--)
                {
                    Number(body, ref at);
                    Number(body, ref at);
                }
            }

            Assert.Equal(body.Length, at);
            return values;
        }

        private static ulong Number(ReadOnlySpan<byte> body, ref int at)
        {
            var number = 0UL;
            for (var shift = 0; ; shift += 7)
            {
                var one = body[at++];
                number |= (ulong)(one & 0x7F) << shift;
                if (one < 0x80)
                {
                    return number;
                }
            }
        }
    }
}
