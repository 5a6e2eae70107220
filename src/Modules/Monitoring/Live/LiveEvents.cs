using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Salus.Kernel;
using Salus.Monitoring.Monitors;

namespace Salus.Monitoring.Live;

/// <summary>The <see cref="LiveFeed"/> as Server-Sent Events (https://html.spec.whatwg.org/multipage/server-sent-events.html).</summary>
internal sealed class LiveEvents(LiveFeed feed, IHostApplicationLifetime life, TimeProvider time)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/monitoring/events", (HttpContext http, LiveEvents events) => events.FollowAsync(http)).ByGrants();

    private async Task<IResult> FollowAsync(HttpContext http)
    {
        var read = Question(http.Request);
        if (read.Failed(out var failure))
        {
            return new Refused(failure);
        }

        var (subject, after) = read.Value;
        var viewer = new LiveViewer(http.Caller(), http.Again(), http.Request.Path);
        var patients = await feed.OpenAsync(viewer, subject, http.RequestAborted);
        if (patients.Failed(out failure))
        {
            return new Refused(failure);
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, life.ApplicationStopping);
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        try
        {
            await http.Response.Body.WriteAsync("retry: 500\n\n"u8.ToArray(), stop.Token);
            await foreach (var news in feed.ReadAsync(viewer, subject, patients.Value, after, stop.Token))
            {
                await WriteAsync(http.Response.Body, subject, news, stop.Token);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The client has gone, or is to come back.
        }

        return Results.Empty;
    }

    private static Outcome<(LiveSubject Subject, long After)> Question(HttpRequest request)
    {
        var query = request.Query;
        if (query.Keys.FirstOrDefault(k => k is not (LiveSubject.Ward or LiveSubject.Patient)) is { } unknown)
        {
            return new Failure(FailureKind.Invalid, "not-supported", $"There is no parameter '{unknown}'. There are ward and patient.", unknown);
        }

        if ((query[LiveSubject.Ward].Count == 1) == (query[LiveSubject.Patient].Count == 1))
        {
            return new Failure(FailureKind.Invalid, "required", "Either ward, the id of a Location, or patient, the id of a Patient.", LiveSubject.Ward);
        }

        var after = 0L;
        if (request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } last && !long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out after))
        {
            return new Failure(FailureKind.Invalid, "value", "Last-Event-ID is the id of an event, as this stream sends it.", "Last-Event-ID");
        }

        var kind = query[LiveSubject.Ward].Count == 1 ? LiveSubject.Ward : LiveSubject.Patient;
        return (new LiveSubject(kind, query[kind].ToString()), after);
    }

    private async Task WriteAsync(Stream body, LiveSubject subject, LiveNews news, CancellationToken ct)
    {
        if (news.Reset)
        {
            await body.WriteAsync(LiveJson.Event("reset", null, json => LiveJson.Write(json, subject, null)), ct);
        }

        // What needs somebody does not wait for what is only newer.
        foreach (var alert in news.Alerts)
        {
            await body.WriteAsync(LiveJson.Event("alert", alert.Change, alert.Write), ct);
        }

        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var state in news.States)
        {
            await body.WriteAsync(LiveJson.Event("state", null, json => StateJson.Write(json, state, now)), ct);
        }

        if (news.Gone is { } why)
        {
            await body.WriteAsync(LiveJson.Event("gone", null, json => LiveJson.Write(json, subject, why)), ct);
        }
        else if (news is { Reset: false, States.Count: 0, Alerts.Count: 0 })
        {
            // An event and no comment, which the page would not hear of.
            await body.WriteAsync("event: beat\ndata: {}\n\n"u8.ToArray(), ct);
        }

        await body.FlushAsync(ct);
    }
}
