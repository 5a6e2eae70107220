using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Options;

namespace Salus.Records.Subscriptions;

/// <summary>What became of a request to an endpoint.</summary>
/// <param name="Error">Why it has not arrived, without address and headers, which may hold secrets; null when it has.</param>
/// <param name="RetryAfter">When the endpoint wants to be asked again.</param>
internal readonly record struct HookAnswer(string? Error, TimeSpan? RetryAfter);

/// <summary>Calls endpoints. Redirects are not followed, because they would lead past the list of allowed addresses; of an answer, only the status is read.</summary>
internal sealed class HookClient : IDisposable
{
    private readonly HttpClient http;
    private readonly AllowedEndpoints endpoints;
    private readonly SubscriptionOptions options;
    private readonly TimeProvider time;

    public HookClient(AllowedEndpoints endpoints, IOptions<SubscriptionOptions> options, TimeProvider time)
    {
        (this.endpoints, this.options, this.time) = (endpoints, options.Value, time);
        // One client for all endpoints: connections are pooled by host, and looked up anew by name every few minutes.
        http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxConnectionsPerServer = options.Value.ConnectionsPerHost,
            MaxResponseHeadersLength = 16,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <param name="path">Behind the endpoint; empty for the endpoint itself.</param>
    /// <param name="body">Empty for a request without one.</param>
    public async Task<HookAnswer> SendAsync(SubscriptionDefinition definition, HttpMethod method, string path, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        if (endpoints.Refuse(definition.Endpoint!) is { } refused)
        {
            return new HookAnswer(refused.Problems[0].Message, null);
        }

        var seconds = definition.Timeout > 0 ? definition.Timeout : options.TimeoutSeconds;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TimeSpan.FromSeconds(seconds));
        try
        {
            using var request = Request(definition, method, path, body);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return response.IsSuccessStatusCode ? default : new HookAnswer($"The endpoint answered {(int)response.StatusCode}.", RetryAfter(response.Headers.RetryAfter));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new HookAnswer($"The endpoint did not answer within {seconds} s.", null);
        }
        catch (HttpRequestException e)
        {
            return new HookAnswer($"The endpoint cannot be reached ({e.HttpRequestError}).", null);
        }
    }

    public void Dispose() => http.Dispose();

    private static HttpRequestMessage Request(SubscriptionDefinition definition, HttpMethod method, string path, ReadOnlyMemory<byte> body)
    {
        var endpoint = definition.Endpoint!;
        var address = path.Length == 0 ? endpoint : new UriBuilder(endpoint) { Path = $"{endpoint.AbsolutePath.TrimEnd('/')}/{path}" }.Uri;
        var request = new HttpRequestMessage(method, address) { Content = new ReadOnlyMemoryContent(body) };
        foreach (var (name, value) in definition.Headers)
        {
            // Values are sent as they stand; the definition has been checked to have no line breaks.
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                // Content-Language and the like belong to the body.
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        if (!body.IsEmpty)
        {
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(definition.MediaType.Contains(';', StringComparison.Ordinal) ? definition.MediaType : definition.MediaType + "; charset=" + Encoding.UTF8.WebName);
        }

        return request;
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header) => header?.Delta ?? (header?.Date is { } date ? date - time.GetUtcNow() : null);
}
