using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;
using Salus.Kernel;

namespace Salus.Monitoring.Live;

/// <summary>
/// The <see cref="LiveFeed"/> as a SignalR hub, over WebSockets. The methods are what clients call; they hear <c>state</c>, <c>alert</c>, <c>reset</c> and <c>gone</c>. A refusal is an
/// error of the call: its code (http://hl7.org/fhir/R4/valueset-issue-type.html), a colon, and the message.
/// </summary>
internal sealed class LiveHub(LiveFeed feed, IHubContext<LiveHub> hub, TimeProvider time, ILogger<LiveHub> log) : Hub
{
    private const string Path = "/monitoring/live";

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapHub<LiveHub>(Path, o => o.Transports = HttpTransportType.WebSockets).ByGrants().Add(endpoint => Guard((RouteEndpointBuilder)endpoint));

    /// <summary>Begins to tell of the patients of a ward.</summary>
    /// <param name="location">The logical id of the Location.</param>
    /// <param name="after">The <c>seq</c> of the last alert that the client has; null for none.</param>
    public Task WatchWard(string location, long? after) => WatchAsync(new LiveSubject(LiveSubject.Ward, location), after);

    /// <summary>Begins to tell of a patient.</summary>
    /// <param name="id">The logical id of the Patient.</param>
    /// <param name="after">The <c>seq</c> of the last alert that the client has; null for none.</param>
    public Task WatchPatient(string id, long? after) => WatchAsync(new LiveSubject(LiveSubject.Patient, id), after);

    /// <summary>Tells no more of a ward.</summary>
    public Task LeaveWard(string location) => Watches.LeaveAsync(new LiveSubject(LiveSubject.Ward, location));

    /// <summary>Tells no more of a patient.</summary>
    public Task LeavePatient(string id) => Watches.LeaveAsync(new LiveSubject(LiveSubject.Patient, id));

    /// <inheritdoc/>
    public override Task OnDisconnectedAsync(Exception? exception) => Watches.LeaveAsync();

    // The connection's, which outlives this object: there is one for each call.
    private LiveWatches Watches
    {
        get
        {
            if (!Context.Items.TryGetValue(typeof(LiveWatches), out var watches))
            {
                Context.Items[typeof(LiveWatches)] = watches = new LiveWatches(Context, hub.Clients.Client(Context.ConnectionId), feed, time, log);
            }

            return (LiveWatches)watches!;
        }
    }

    private async Task WatchAsync(LiveSubject subject, long? after)
    {
        var (http, ct) = (Context.GetHttpContext()!, Context.ConnectionAborted);
        if (string.IsNullOrEmpty(subject.Id) || after < 0)
        {
            throw Error(new Failure(FailureKind.Invalid, "value", "It takes the logical id of a Location or Patient, and the seq of an alert, or null."));
        }

        // The connection may be older than the rights of today.
        if (await http.Again().FindAsync(ct) is not { } caller)
        {
            throw Error(new Failure(FailureKind.Forbidden, "login", "The sign-in has ended. Sign in, and connect again."));
        }

        var viewer = new LiveViewer(caller, http.Again(), Path);
        var patients = await feed.OpenAsync(viewer, subject, ct);
        if (patients.Failed(out var failure) || (failure = await Watches.BeginAsync(viewer, subject, patients.Value, after ?? 0)) is not null)
        {
            throw Error(failure);
        }
    }

    private static HubException Error(Failure failure) => new($"{failure.Problems[0].Code}: {failure}");

    // A browser lets pages of any site open a WebSocket, sends the cookie along, and lets the page read what comes: only the origin tells.
    private static void Guard(RouteEndpointBuilder endpoint)
    {
        var inner = endpoint.RequestDelegate!;
        endpoint.RequestDelegate = http => OwnOrigin.Sent(http.Request) ? inner(http) : new Refused(OwnOrigin.Websockets).ExecuteAsync(http);
    }
}
