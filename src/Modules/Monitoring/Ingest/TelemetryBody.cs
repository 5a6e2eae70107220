using System.Buffers;
using Microsoft.AspNetCore.Http;
using Salus.Kernel;

namespace Salus.Monitoring.Ingest;

/// <summary>How much memory the bodies that are in work take together. Safe for all threads.</summary>
internal sealed class BodyBudget(IngestOptions options)
{
    private long used;

    public bool TryTake(int bytes)
    {
        if (Interlocked.Add(ref used, bytes) <= options.MaxWaitingBytes)
        {
            return true;
        }

        Interlocked.Add(ref used, -bytes);
        return false;
    }

    public void Return(int bytes) => Interlocked.Add(ref used, -bytes);
}

/// <summary>The body of a request, decompressed and whole, in lent memory.</summary>
internal sealed class TelemetryBody : IDisposable
{
    private const int First = 16 * 1024;

    private readonly BodyBudget budget;
    private byte[] buffer = [];
    private int length;

    private TelemetryBody(BodyBudget budget) => this.budget = budget;

    public ReadOnlyMemory<byte> Bytes => buffer.AsMemory(0, length);

    /// <summary>Reads it. Fails with TooLarge, with Busy when too many bodies are in work, with Invalid when it is cut off or cannot be decompressed.</summary>
    public static async ValueTask<Outcome<TelemetryBody>> ReadAsync(HttpContext http, int most, BodyBudget budget)
    {
        // What the server can decompress has lost this header by now.
        if (http.Request.Headers.ContentEncoding.ToString() is { Length: > 0 } encoding && encoding != "identity")
        {
            return new Failure(FailureKind.UnsupportedMediaType, "not-supported", $"The Content-Encoding is '{encoding}'; Salus reads gzip, br and deflate.", "Content-Encoding");
        }

        if (http.Request.ContentLength > most)
        {
            return TooLarge(most);
        }

        var body = new TelemetryBody(budget);
        Failure? failure;
        try
        {
            failure = await body.FillAsync(http, most);
        }
        catch (BadHttpRequestException e)
        {
            failure = e.StatusCode == 413 ? TooLarge(most) : new Failure(FailureKind.Invalid, "structure", $"The body is cut off after {body.length} bytes: {e.Message} Nothing of it was stored.");
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException)
        {
            // Brotli throws the one, gzip the other.
            failure = new Failure(FailureKind.Invalid, "structure", "The body is not what its Content-Encoding says, or is cut off: it cannot be decompressed. Nothing of it was stored.", "Content-Encoding");
        }
        catch
        {
            body.Dispose();
            throw;
        }

        if (failure is null)
        {
            return body;
        }

        body.Dispose();
        return failure;
    }

    public void Dispose()
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            budget.Return(buffer.Length);
        }

        buffer = [];
        length = 0;
    }

    private async ValueTask<Failure?> FillAsync(HttpContext http, int most)
    {
        var wanted = (int)Math.Min(http.Request.ContentLength + 1 ?? First, most + 1L);
        while (true)
        {
            if (length == buffer.Length && !Grow(Math.Max(wanted, buffer.Length * 2)))
            {
                return new Failure(FailureKind.Busy, "throttled", "More data waits to be stored than is taken at once. Send it again in a moment.");
            }

            var read = await http.Request.Body.ReadAsync(buffer.AsMemory(length), http.RequestAborted);
            length += read;
            if (length > most)
            {
                return TooLarge(most);
            }

            if (read == 0)
            {
                return length > 0 ? null : new Failure(FailureKind.Invalid, "required", "The request has no body.");
            }
        }
    }

    private bool Grow(int size)
    {
        var larger = ArrayPool<byte>.Shared.Rent(size);
        if (!budget.TryTake(larger.Length))
        {
            ArrayPool<byte>.Shared.Return(larger);
            return false;
        }

        buffer.AsSpan(0, length).CopyTo(larger);
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            budget.Return(buffer.Length);
        }

        buffer = larger;
        return true;
    }

    public static Failure TooLarge(int most) => new(
        FailureKind.TooLarge, "too-long", $"The body is larger than {most} bytes (Salus:Monitoring:Ingest:MaxBatchBytes). Send it in parts. Nothing of it was stored.");
}
