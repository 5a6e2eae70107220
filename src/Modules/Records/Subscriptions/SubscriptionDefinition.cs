namespace Salus.Records.Subscriptions;

/// <summary>How much of a resource a notification has (http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-payload-content).</summary>
internal enum PayloadContent
{
    Empty,
    IdOnly,
    FullResource,
}

/// <summary>A Subscription resource, understood and checked.</summary>
/// <param name="Type">The resource type that it is about.</param>
/// <param name="Query">The criteria behind <c>Type?</c>; empty for every resource of the type.</param>
/// <param name="Interactions">What leads to an event.</param>
/// <param name="Topic">The canonical URL of its topic; null for a classic one of R4, whose criteria is a search.</param>
internal sealed record SubscriptionDefinition(string Type, string Query, Interactions Interactions, string? Topic)
{
    public required string Status { get; init; }

    /// <summary><c>rest-hook</c> or <c>websocket</c>.</summary>
    public required string Channel { get; init; }

    /// <summary>Where a rest-hook goes; null for a websocket.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Headers of a rest-hook. They hold secrets: never logged.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    public PayloadContent Content { get; init; }

    /// <summary>Whether notifications carry anything; a classic one without payload is an empty request.</summary>
    public bool HasPayload { get; init; }

    /// <summary>Whether they are XML rather than JSON.</summary>
    public bool Xml { get; init; }

    /// <summary>The media type of the payload, as the Subscription states it.</summary>
    public string MediaType { get; init; } = "application/fhir+json";

    /// <summary>Seconds without a notification after which a heartbeat is sent; 0 for none.</summary>
    public int Heartbeat { get; init; }

    /// <summary>Seconds to wait for the endpoint; 0 for the server's own.</summary>
    public int Timeout { get; init; }

    /// <summary>The most events in one notification.</summary>
    public int MaxCount { get; init; } = 1;

    public DateTimeOffset? End { get; init; }

    public bool Classic => Topic is null;

    public bool IsHook => Channel == "rest-hook";
}
