using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;
using Salus.Access.Apps;
using Salus.Access.Jose;

namespace Salus.Access.OAuth;

/// <summary>The public keys of apps: those registered, or those behind a registered address.</summary>
internal sealed class ClientKeys(IHttpClientFactory http, TimeProvider time, ILogger<ClientKeys> log)
{
    public const string HttpClient = "salus-jwks";

    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);
    // A new key of theirs is looked for at once, but made-up names must not make Salus call them all the time.
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Kept> kept = new(StringComparer.Ordinal);

    /// <summary>The keys of an app; none when they cannot be had.</summary>
    /// <param name="keyId">The one that is wanted.</param>
    public async ValueTask<IReadOnlyList<PublicKey>> OfAsync(Client client, string? keyId, CancellationToken ct)
    {
        if (client.Jwks is { } registered)
        {
            return PublicKeySet.Read(registered) is { Failure: null, Value: var keys } ? keys : [];
        }

        if (client.JwksUrl is not { } url)
        {
            return [];
        }

        var now = time.GetUtcNow();
        if (kept.TryGetValue(url, out var known) && now - known.At < (known.Keys.Any(k => k.Id == keyId) ? Fresh : Shortest))
        {
            return known.Keys;
        }

        var fetched = await FetchAsync(client.Id, url, ct);
        kept[url] = new Kept(now, fetched);
        return fetched;
    }

    private async Task<IReadOnlyList<PublicKey>> FetchAsync(string client, string url, CancellationToken ct)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            using var answer = await http.CreateClient(HttpClient).SendAsync(request, ct);
            answer.EnsureSuccessStatusCode();
            var read = PublicKeySet.Read(await answer.Content.ReadAsStringAsync(ct));
            if (!read.Failed(out var failure))
            {
                return read.Value;
            }

            AccessLog.KeySetMissing(log, client, failure.ToString());
        }
        catch (Exception e) when (e is HttpRequestException or InvalidOperationException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            AccessLog.KeySetMissing(log, client, e.Message);
        }

        return [];
    }

    private sealed record Kept(DateTimeOffset At, IReadOnlyList<PublicKey> Keys);
}
