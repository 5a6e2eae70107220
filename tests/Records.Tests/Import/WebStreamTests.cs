using System.Net;
using Salus.Records.Import.Bulk;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Import;

/// <summary>Patience with a server that is slow: it is for each piece, not for all that was read before.</summary>
public sealed class WebStreamTests
{
    private const int Size = 1_000_000;
    private static readonly Uri Address = new("http://files.invalid/p.ndjson");

    [Fact]
    public async Task A_file_without_ranges_is_continued_however_long_its_first_part_takes()
    {
        var clock = new ManualClock();
        // Each piece takes 40 s, all of them 16 minutes.
        using var http = new HttpClient(new SlowFile(clock, TimeSpan.FromSeconds(40), waitsAt: -1));
        await using var stream = new WebStream(http, clock, Address, Size - 10_000, null);
        Assert.NotEqual(0, await stream.ReadAsync(new byte[100]));
        Assert.Equal(Size - 10_000 + 100, stream.Position);
    }

    [Fact]
    public async Task A_server_that_gives_nothing_for_a_minute_is_asked_again()
    {
        var clock = new ManualClock();
        var file = new SlowFile(clock, TimeSpan.FromSeconds(61), waitsAt: 1);
        using var http = new HttpClient(file);
        await using var stream = new WebStream(http, clock, Address, Size / 2, null);
        var read = stream.ReadAsync(new byte[100]).AsTask();
        await Salus.TestSupport.Eventually.TrueAsync(() =>
        {
            // The pauses between attempts.
            clock.Advance(TimeSpan.FromSeconds(1));
            return read.IsCompleted;
        });
        Assert.Equal(100, await read);
        Assert.Equal(2, file.Asked);
    }

    /// <summary>A file on a server that knows no ranges; for one piece of the first connection it waits until nobody waits for it.</summary>
    private sealed class SlowFile(ManualClock clock, TimeSpan pause, int waitsAt) : HttpMessageHandler
    {
        public int Asked { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new Pieces(clock, waitsAt < 0 || Asked++ == 0 ? pause : TimeSpan.Zero, waitsAt)) });
    }

    private sealed class Pieces(ManualClock clock, TimeSpan pause, int waitsAt) : MemoryStream(new byte[Size])
    {
        private int piece;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (waitsAt < 0 || piece++ == waitsAt)
            {
                clock.Advance(pause);
                cancellationToken.ThrowIfCancellationRequested();
            }

            return await base.ReadAsync(buffer[..Math.Min(buffer.Length, 40_000)], cancellationToken);
        }
    }
}
