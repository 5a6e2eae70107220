using System.Globalization;
using System.Net.Http.Headers;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Kernel;
using Salus.Records.Search;

namespace Salus.Records.Subscriptions;

/// <summary>
/// Reads Subscriptions: those of R4 (http://hl7.org/fhir/R4/subscription.html), whose criteria is a search, and those of the Subscriptions R5 Backport
/// (http://hl7.org/fhir/uv/subscriptions-backport/), whose criteria is a topic.
/// </summary>
internal sealed class SubscriptionReader(FhirDefinitions definitions, SearchParser searches, AllowedEndpoints endpoints)
{
    private const string Extensions = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-";
    private const int MostHeartbeat = 24 * 3600;
    private const int MostTimeout = 60;
    private const int MostEvents = 1000;

    /// <summary>A Subscription as it is stored.</summary>
    public Outcome<SubscriptionDefinition> Read(byte[] body) =>
        ResourceReader.TryRead(body, definitions, out var document, out var issue) ? Read(document.Root) : Http.OperationOutcome.Failure(issue);

    /// <summary>The Subscription, or what about it cannot work.</summary>
    public Outcome<SubscriptionDefinition> Read(Element resource)
    {
        var criteria = resource.Child("criteria"u8);
        var text = criteria.AsString() ?? "";
        var subject = SubscriptionTopics.IsTopic(text) ? OfTopic(text, criteria) : OfSearch(text);
        if (subject.Failed(out var failure))
        {
            return failure;
        }

        var channel = resource.Child("channel"u8);
        var payload = channel.Child("payload"u8);
        var definition = subject.Value with
        {
            Status = resource.Child("status"u8).AsString() ?? "",
            Channel = channel.Child("type"u8).AsString() ?? "",
            HasPayload = subject.Value.Topic is not null || payload.HasValue,
            Xml = payload.AsString()?.Contains("xml", StringComparison.Ordinal) == true,
            MediaType = payload.AsString() ?? "application/fhir+json",
            End = resource.Child("end"u8).AsString() is { } end && DateTimeOffset.TryParse(end, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null,
        };
        return Refuse(definition, payload, channel) is { } refused ? refused : WithChannel(definition, channel, payload);
    }

    /// <summary>The criteria as a search, anew each time: what was found out about links must not be kept.</summary>
    public Outcome<SearchRequest> Search(string type, string query) => searches.Parse(type, QueryText.Pairs(query), lenient: false);

    private Outcome<SubscriptionDefinition> OfTopic(string canonical, Element criteria)
    {
        if (SubscriptionTopics.Find(canonical, definitions) is not { } topic)
        {
            return Wrong("not-supported", "criteria", $"There is no topic '{canonical}' here; those that are look like {SubscriptionTopics.Of("Observation")}, and Subscription/$topic-list has all of them.");
        }

        var filters = new List<string>();
        foreach (var extension in criteria.Named("extension"))
        {
            if (extension.Child("url"u8).AsString() == Extensions + "filter-criteria" && Value(extension) is { } filter)
            {
                var question = filter.IndexOf('?', StringComparison.Ordinal);
                if (question >= 0 && filter[..question] is { Length: > 0 } named && named != topic.Type)
                {
                    return Wrong("value", "criteria", $"The filter '{filter}' is about {named}, the topic about {topic.Type}.");
                }

                filters.Add(question < 0 ? filter : filter[(question + 1)..]);
            }
        }

        var query = string.Join('&', filters.Where(f => f.Length > 0));
        return Criteria(topic.Type, query) is { } refused ? refused
            : new SubscriptionDefinition(topic.Type, query, topic.Interactions, canonical.Split('|')[0]) { Status = "", Channel = "" };
    }

    private Outcome<SubscriptionDefinition> OfSearch(string criteria)
    {
        var question = criteria.IndexOf('?', StringComparison.Ordinal);
        var type = (question < 0 ? criteria : criteria[..question]).TrimStart('/');
        if (definitions.Resource(type) is null)
        {
            return Wrong("value", "criteria", $"'{criteria}' is neither a topic nor a search: it begins with a resource type, as in Observation?code=http://loinc.org|8867-4.");
        }

        var query = question < 0 ? "" : criteria[(question + 1)..];
        return Criteria(type, query) is { } refused ? refused
            : new SubscriptionDefinition(type, query, Interactions.Create | Interactions.Update, null) { Status = "", Channel = "" };
    }

    private Failure? Criteria(string type, string query)
    {
        var search = Search(type, query);
        if (search.Failed(out var failure))
        {
            return OfCriteria(failure);
        }

        return QueryText.IsCriteriaOnly(QueryText.Pairs(query), search.Value)
            ? null
            : Wrong("not-supported", "criteria", "Criteria are search parameters only, nothing that shapes an answer (_sort, _count, _include, _summary ...).");
    }

    private static Failure? Refuse(SubscriptionDefinition definition, Element payload, Element channel)
    {
        if (definition.Channel is not ("rest-hook" or "websocket"))
        {
            return Wrong("not-supported", "channel.type", $"The channel '{definition.Channel}' is not supported; there are rest-hook and websocket, and the event stream of any subscription.");
        }

        if (payload.HasValue && definition.MediaType.Split(';')[0].Trim() is not ("application/fhir+json" or "application/fhir+xml" or "application/json" or "application/xml"))
        {
            return Wrong("not-supported", "channel.payload", $"The payload is '{definition.MediaType}'; there are application/fhir+json and application/fhir+xml.");
        }

        if (!MediaTypeHeaderValue.TryParse(definition.MediaType, out _))
        {
            return Wrong("value", "channel.payload", $"The payload '{definition.MediaType}' is not a media type; one looks like application/fhir+json; fhirVersion=4.0.");
        }

        return definition.IsHook && channel.Child("endpoint"u8).AsString() is null
            ? Wrong("required", "channel.endpoint", "A rest-hook needs an endpoint, the address that is called.")
            : null;
    }

    private Outcome<SubscriptionDefinition> WithChannel(SubscriptionDefinition definition, Element channel, Element payload)
    {
        var headers = HookHeaders.Read(channel);
        if (headers.Failed(out var failure))
        {
            return failure;
        }

        Uri? endpoint = null;
        if (definition.IsHook)
        {
            if (!Uri.TryCreate(channel.Child("endpoint"u8).AsString(), UriKind.Absolute, out endpoint))
            {
                return Wrong("value", "channel.endpoint", "The endpoint is not an absolute address, such as https://hooks.example.org/fhir.");
            }

            if (endpoints.Refuse(endpoint) is { } refused)
            {
                return refused;
            }
        }

        var content = Extension(payload, "payload-content");
        return content is not (null or "empty" or "id-only" or "full-resource")
            ? Wrong("value", "channel.payload", $"The payload content is '{content}'; there are empty, id-only and full-resource.")
            : definition with
            {
                Endpoint = endpoint,
                Headers = headers.Value,
                Content = definition.Classic ? PayloadContent.FullResource
                    : content switch { "id-only" => PayloadContent.IdOnly, "full-resource" => PayloadContent.FullResource, _ => PayloadContent.Empty },
                Heartbeat = Number(channel, "heartbeat-period", MostHeartbeat),
                Timeout = Number(channel, "timeout", MostTimeout),
                // R4 has one request for each event.
                MaxCount = definition.Classic ? 1 : Math.Max(1, Number(channel, "max-count", MostEvents)),
            };
    }

    private static int Number(Element at, string name, int most) =>
        int.TryParse(Extension(at, name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Min(number, most) : 0;

    private static string? Extension(Element at, string name)
    {
        foreach (var extension in at.Named("extension"))
        {
            if (extension.Child("url"u8).AsString() == Extensions + name)
            {
                return Value(extension);
            }
        }

        return null;
    }

    private static string? Value(Element extension)
    {
        foreach (var value in extension.Named("value"))
        {
            return value.AsString();
        }

        return null;
    }

    /// <summary>What is wrong with a search, as what is wrong with a Subscription.</summary>
    internal static Failure OfCriteria(Failure failure) =>
        failure with { Kind = FailureKind.Unprocessable, Problems = [.. failure.Problems.Select(p => p with { Path = p.Path is null ? "Subscription.criteria" : $"Subscription.criteria ({p.Path})" })] };

    internal static Failure Wrong(string code, string place, string message) => new(FailureKind.Unprocessable, code, message, $"Subscription.{place}");
}
