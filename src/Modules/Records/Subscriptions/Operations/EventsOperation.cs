using System.Globalization;
using Salus.Kernel;
using Salus.Records.Http;
using Salus.Records.Operations;

namespace Salus.Records.Subscriptions.Operations;

/// <summary><c>$events</c>: what a subscription was or would have been told, for a client that has missed some. As many as are kept, and at most a page of them.</summary>
internal sealed class EventsOperation(SubscriptionEvents events, FollowedSubscriptions subscriptions, SubscriptionReader reader, NotificationBundle bundles) : IOperation
{
    private const int Most = 1000;

    public OperationDefinition Definition { get; } = new(
        "events", "http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/backport-subscription-events", OperationLevels.Instance)
    {
        Types = ["Subscription"],
        Parameters = [new("eventsSinceNumber", "string"), new("eventsUntilNumber", "string"), new("content", "code")],
    };

    public async Task<Outcome<Reply>> RunAsync(OperationCall call)
    {
        var followed = await subscriptions.FindAsync(call.Caller, call.Id!, call.Stop);
        if (followed.Failed(out var failure))
        {
            return failure;
        }

        var row = followed.Value;
        var read = reader.Read(row.Body);
        if (read.Failed(out failure))
        {
            return failure;
        }

        if (Number(call, "eventsSinceNumber") is var since && since.Failed(out failure) || Number(call, "eventsUntilNumber") is var until && until.Failed(out failure))
        {
            return failure;
        }

        PayloadContent? content = call.Parameters.Text("content") switch
        {
            null => read.Value.Content,
            "empty" => PayloadContent.Empty,
            "id-only" => PayloadContent.IdOnly,
            "full-resource" => PayloadContent.FullResource,
            _ => null,
        };
        if (content is not { } how)
        {
            return new Failure(FailureKind.Invalid, "value", "content is empty, id-only or full-resource.", "content");
        }

        var found = await events.AfterAsync(row.Number, (since.Value ?? 1) - 1, until.Value ?? long.MaxValue, Most, how == PayloadContent.FullResource, call.Stop);
        return Reply.Bundle(bundles.Write(row, read.Value, new Notification("query-event", row.Events, found), call.Address, how));
    }

    private static Outcome<long?> Number(OperationCall call, string name) => call.Parameters.Text(name) switch
    {
        null => (long?)null,
        var text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => new Failure(FailureKind.Invalid, "value", $"{name} is the number of an event, from 1.", name),
    };
}
