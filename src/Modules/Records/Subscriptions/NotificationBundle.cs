using System.Globalization;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Xml;
using Salus.Kernel;
using Salus.Records.Http;
using Salus.Records.Operations;

namespace Salus.Records.Subscriptions;

/// <summary>What a notification is about.</summary>
/// <param name="Kind"><c>handshake</c>, <c>heartbeat</c>, <c>event-notification</c>, <c>query-status</c> or <c>query-event</c>.</param>
/// <param name="Since">The number of the subscription's last event that this notification covers.</param>
/// <param name="Events">In order; none but of the kinds that carry some.</param>
internal sealed record Notification(string Kind, long Since, IReadOnlyList<SubscriptionEvent> Events);

/// <summary>
/// Notifications of the backport for R4 (http://hl7.org/fhir/uv/subscriptions-backport/notifications.html): a Bundle of type history whose first entry is
/// the status as Parameters, and then what changed, as far as the subscription asks for it.
/// </summary>
internal sealed class NotificationBundle(FhirDefinitions definitions, TimeProvider time)
{
    private const string StatusProfile = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-subscription-status-r4";

    /// <param name="address">The FHIR base that resources are named by.</param>
    /// <param name="content">How much of each resource; what the subscription asks for, unless somebody asks for more or less.</param>
    public ReadOnlyMemory<byte> Write(SubscriptionRow row, SubscriptionDefinition definition, Notification what, string address, PayloadContent content)
    {
        var now = time.GetUtcNow();
        using var bundle = new BundleWriter("history", Guid.CreateVersion7(now).ToString());
        bundle.Timestamp(now);
        var writer = bundle.Entry($"urn:uuid:{Guid.CreateVersion7(now)}");
        bundle.Resource(Status(row, definition, what, address, content));
        Request(writer, "GET", $"{address}/Subscription/{row.Id}/$status", "200");
        bundle.EndEntry();
        if (content != PayloadContent.Empty)
        {
            foreach (var change in what.Events)
            {
                var name = $"{change.Type}/{change.Id}";
                writer = bundle.Entry($"{address}/{name}");
                if (content == PayloadContent.FullResource && !change.Body.IsEmpty)
                {
                    bundle.Resource(change.Body);
                }

                Request(
                    writer, change.Operation switch { FeedOperation.Create => "POST", FeedOperation.Update => "PUT", _ => "DELETE" },
                    change.Operation == FeedOperation.Create ? change.Type : name,
                    change.Operation switch { FeedOperation.Create => "201", FeedOperation.Update => "200", _ => "204" });
                bundle.EndEntry();
            }
        }

        return bundle.ToUtf8();
    }

    /// <summary>The status of a subscription as Parameters, the form of SubscriptionStatus in R4.</summary>
    public static ReadOnlyMemory<byte> Status(SubscriptionRow row, SubscriptionDefinition definition, Notification what, string address, PayloadContent content)
    {
        using var status = new ParametersWriter(StatusProfile);
        status.Value("subscription", "reference", Reference($"{address}/Subscription/{row.Id}"));
        status.Text("topic", "canonical", definition.Topic);
        status.Text("status", "code", row.Status);
        status.Text("type", "code", what.Kind);
        status.Text("events-since-subscription-start", "string", what.Since.ToString(CultureInfo.InvariantCulture));
        foreach (var change in what.Events)
        {
            status.Parts("notification-event", part =>
            {
                part.Text("event-number", "string", change.Number.ToString(CultureInfo.InvariantCulture));
                part.Text("timestamp", "instant", change.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
                if (content != PayloadContent.Empty)
                {
                    part.Value("focus", "reference", Reference($"{address}/{change.Type}/{change.Id}"));
                }
            });
        }

        return status.ToReply().Body;
    }

    /// <summary>The same as XML; null when what it carries has no form in XML.</summary>
    public byte[]? ToXml(ReadOnlyMemory<byte> json) =>
        ResourceReader.TryRead(json, definitions, out var document, out _) && XmlResourceWriter.TryWrite(document.Root, false, out var xml, out _) ? xml : null;

    private static byte[] Reference(string address) => System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new { reference = address });

    private static void Request(System.Text.Json.Utf8JsonWriter writer, string method, string url, string status)
    {
        writer.WriteStartObject("request"u8);
        writer.WriteString("method"u8, method);
        writer.WriteString("url"u8, url);
        writer.WriteEndObject();
        writer.WriteStartObject("response"u8);
        writer.WriteString("status"u8, status);
        writer.WriteEndObject();
    }
}
