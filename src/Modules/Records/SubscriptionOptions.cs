using System.ComponentModel.DataAnnotations;

namespace Salus.Records;

/// <summary>Options of subscriptions, section <c>Salus:Records:Subscriptions</c>.</summary>
public sealed class SubscriptionOptions
{
    /// <summary>False: Subscriptions are stored like any resource, and nothing is matched or sent. For a copy of a record. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// The addresses that rest-hooks may call, as beginnings: <c>https://hooks.example.org/fhir</c> is that path and all below it. A port that is not named is any for
    /// a loopback address and the scheme's own for others. Default: <c>http://127.0.0.1</c>, <c>http://[::1]</c> and <c>http://localhost</c>; what is set here replaces them.
    /// </summary>
    public string[]? Endpoints { get; set; }

    /// <summary>The FHIR base that notifications name resources by, such as <c>https://records.example.org/fhir</c>. Default: the address that the server listens on.</summary>
    public string? BaseUrl { get; set; }

    /// <summary>Notifications that are under way at once, to all endpoints. Default 128.</summary>
    [Range(1, 10_000)]
    public int Connections { get; set; } = 128;

    /// <summary>Notifications that are under way at once to one host and port. Default 16.</summary>
    [Range(1, 1000)]
    public int ConnectionsPerHost { get; set; } = 16;

    /// <summary>Seconds until an endpoint that does not answer has failed; a Subscription may ask for another time up to 60. Default 20.</summary>
    [Range(1, 60)]
    public int TimeoutSeconds { get; set; } = 20;

    /// <summary>The first pause after a failure, in milliseconds; each further one is twice as long. Default 1,000.</summary>
    [Range(1, 60_000)]
    public int RetryMilliseconds { get; set; } = 1000;

    /// <summary>The longest pause between two attempts, in seconds, also when an endpoint asks for a longer one. Default 600.</summary>
    [Range(1, 86_400)]
    public int LongestPauseSeconds { get; set; } = 600;

    /// <summary>Attempts in a row that fail before the status becomes <c>error</c>. Default 30: about three hours.</summary>
    [Range(1, 10_000)]
    public int MaxAttempts { get; set; } = 30;

    /// <summary>The most events that are kept of one subscription, delivered or not. Default 100,000.</summary>
    [Range(10, 100_000_000)]
    public int MaxEvents { get; set; } = 100_000;

    /// <summary>Hours that events are kept, delivered or not. Default 168.</summary>
    [Range(1, 24 * 3650)]
    public int EventHours { get; set; } = 168;

    /// <summary>Seconds after which a client of a websocket or an event stream that does not take what it is sent is cut off. Default 10.</summary>
    [Range(1, 600)]
    public int SlowClientSeconds { get; set; } = 10;

    /// <summary>The most websockets and event streams at once. Default 2,000.</summary>
    [Range(1, 100_000)]
    public int MaxStreams { get; set; } = 2000;

    /// <summary>Minutes that a token for a websocket is good for. Default 60.</summary>
    [Range(1, 24 * 60)]
    public int TokenMinutes { get; set; } = 60;
}
