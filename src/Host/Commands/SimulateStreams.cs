using System.Net.Http.Headers;
using Salus.Kernel;
using Salus.Simulation;

namespace Salus.Host.Commands;

/// <summary>
/// <c>salus simulate --beds</c>: made-up bedside monitors, as a sender of device data at a running server. Exit code 0: ended as it was told, and everything was answered; 1: something was refused, or
/// is unanswered; 2: could not begin.
/// </summary>
internal static class SimulateStreams
{
    public static async Task<int> RunAsync(StreamPlan plan, string? server, string? data, string? token, CancellationToken stop)
    {
        try
        {
            using var http = await OpenAsync(server, data, token, stop);
            var streams = new BedsideStreams(plan, new ServerLink(http, TimeProvider.System), TimeProvider.System);
            var prepared = await streams.PrepareAsync(stop);
            if (prepared.Failed(out var failure))
            {
                await Console.Error.WriteLineAsync($"salus: {failure}");
                return 2;
            }

            SimulateScreen.Begin(plan, prepared.Value, http.BaseAddress!);
            var running = streams.RunAsync(stop);
            await SimulateScreen.FollowAsync(streams.Counts, running);
            var refused = await running;
            SimulateScreen.End(streams.Counts, refused);
            return refused is null && streams.Counts is { Rejected: 0, Open: 0 } ? 0 : 1;
        }
        catch (CannotStartException e)
        {
            await Console.Error.WriteLineAsync($"salus: {e.Message}");
            return 2;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Nothing was sent yet.
            return 0;
        }
    }

    private static async Task<HttpClient> OpenAsync(string? server, string? data, string? token, CancellationToken ct)
    {
        if (server is null)
        {
            var http = (await RunningServer.NeedAsync(data, "simulate --beds", ct)).Open();
            http.DefaultRequestHeaders.Authorization = token is null ? http.DefaultRequestHeaders.Authorization : new AuthenticationHeaderValue("Bearer", token);
            return http;
        }

        if (!Uri.TryCreate(server, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw new CannotStartException($"--server is '{server}'; it takes an address such as http://127.0.0.1:8080.");
        }

        var named = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = address };
        named.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return named;
    }
}
