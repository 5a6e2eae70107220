using System.Net;

namespace Salus.Records.Import.Bulk;

/// <summary>The client for inputs from the network. It follows no redirect and asks no proxy: what is fetched is what was allowed.</summary>
internal sealed class ImportWeb(TimeProvider time) : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, UseProxy = false, UseCookies = false, AutomaticDecompression = DecompressionMethods.None, ConnectTimeout = TimeSpan.FromSeconds(10),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>What is at an address, from a position on. Asks when it is read.</summary>
    public WebStream Open(Uri uri, long from, string? validator) => new(http, time, uri, from, validator);

    public void Dispose() => http.Dispose();
}

/// <summary>
/// What is at an address, as a stream that goes on where it was when the connection breaks: by Range, or where the server does not know that, by passing over
/// what was read already. Reading fails with <see cref="InvalidDataException"/> for what another attempt does not change, else with <see cref="IOException"/> after many.
/// </summary>
internal sealed class WebStream(HttpClient http, TimeProvider time, Uri uri, long from, string? validator) : Stream
{
    private const int MaxAttempts = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private HttpResponseMessage? response;
    private Stream? body;
    private long position = from;
    private bool ended;

    // What an answer in parts says that the whole has: it may give less than was asked for.
    private long? size;

    /// <summary>ETag, or the time of the last change with the length; null when the server tells neither.</summary>
    public string? Validator { get; private set; } = validator;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => position; set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var patience = new CancellationTokenSource(Patience, time);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
            try
            {
                if (body is null && !ended)
                {
                    // What comes shows that the server is there, and a part that was read before may be long.
                    await OpenAsync(() => patience.CancelAfter(Patience), stop.Token);
                }

                var read = ended ? 0 : await body!.ReadAsync(buffer, stop.Token);
                position += read;
                return read > 0 || buffer.IsEmpty || ended || position >= (size ?? 0) ? read : throw new IOException("the server ended its answer before the end of the file");
            }
            catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                Drop();
                if (attempt == MaxAttempts)
                {
                    throw new IOException($"it could not be fetched in {MaxAttempts} attempts: {(e is OperationCanceledException ? "nothing came for a minute" : e.Message.TrimEnd('.'))}.", e);
                }

                await Task.Delay(TimeSpan.FromMilliseconds(100 << (attempt - 1)), time, cancellationToken);
            }
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        Drop();
        base.Dispose(disposing);
    }

    private async Task OpenAsync(Action came, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, uri);
        request.Headers.Range = position > 0 ? new(position, null) : null;
        response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        var range = response.Content.Headers.ContentRange;
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && range?.Length == position)
        {
            ended = true;
            return;
        }

        Check(response.StatusCode);
        if (response.Content.Headers.ContentEncoding.FirstOrDefault(e => e != "identity") is { } encoding)
        {
            throw new InvalidDataException($"it comes with Content-Encoding {encoding}, which was not asked for. Serve it as it is; a name that ends in .gz is decompressed.");
        }

        var begin = Begins(response);
        size = response.StatusCode == HttpStatusCode.PartialContent ? range?.Length : null;
        Compare(range?.Length ?? response.Content.Headers.ContentLength);
        body = await response.Content.ReadAsStreamAsync(ct);
        await SkipAsync(body, position - begin, ct, came);
    }

    /// <summary>Where in the file an answer begins. What its headers say wrongly must not pass for a file that ends here.</summary>
    private long Begins(HttpResponseMessage answer)
    {
        var headers = answer.Content.Headers;
        if (headers.NonValidated.Contains("Content-Length") && headers.ContentLength is null)
        {
            throw new InvalidDataException("the server answered with a Content-Length that is no length.");
        }

        return answer.StatusCode != HttpStatusCode.PartialContent ? 0
            : headers.ContentRange?.From is { } begin && begin <= position ? begin
            : throw new InvalidDataException($"the server answered 206 with a Content-Range that does not begin at the byte {position}, which was asked for.");
    }

    private static void Check(HttpStatusCode status)
    {
        switch ((int)status)
        {
            case 200 or 206:
                return;
            case 408 or 429 or >= 500:
                throw new IOException($"the server answered {(int)status}");
            case >= 300 and < 400:
                throw new InvalidDataException($"the server answered {(int)status}; redirects are not followed: give the address that it leads to.");
            default:
                throw new InvalidDataException($"the server answered {(int)status}.");
        }
    }

    private void Compare(long? length)
    {
        var headers = response!.Content.Headers;
        var now = response.Headers.ETag is { } tag ? tag.ToString() : headers.LastModified is { } changed ? FormattableString.Invariant($"{changed:O} {length}") : null;
        if (Validator is not null && now is not null && now != Validator)
        {
            throw new InvalidDataException("it has changed since its first lines were read. Import it again.");
        }

        Validator ??= now;
    }

    /// <summary>Passes over what was read already.</summary>
    /// <param name="came">Told of each piece.</param>
    public static async Task SkipAsync(Stream stream, long bytes, CancellationToken ct, Action? came = null)
    {
        var buffer = new byte[64 * 1024];
        while (bytes > 0)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(bytes, buffer.Length)), ct);
            bytes -= read > 0 ? read : throw new InvalidDataException("it is shorter than it was when its first lines were read. Import it again.");
            came?.Invoke();
        }
    }

    private void Drop()
    {
        body?.Dispose();
        response?.Dispose();
        (body, response) = (null, null);
    }
}
