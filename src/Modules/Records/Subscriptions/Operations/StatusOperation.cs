using Salus.Kernel;
using Salus.Records.Http;
using Salus.Records.Operations;

namespace Salus.Records.Subscriptions.Operations;

/// <summary><c>$status</c>: how one, some or all subscriptions are, as a searchset of the Parameters that notifications begin with.</summary>
internal sealed class StatusOperation(SubscriptionEvents events, FollowedSubscriptions subscriptions, SubscriptionReader reader) : IOperation
{
    public OperationDefinition Definition { get; } = new(
        "status", "http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/backport-subscription-status", OperationLevels.Type | OperationLevels.Instance)
    {
        Types = ["Subscription"],
        Parameters = [new("id", "id", Many: true), new("status", "code", Many: true)],
    };

    public async Task<Outcome<Reply>> RunAsync(OperationCall call)
    {
        string[] ids = call.Id is { } id ? [id] : [.. call.Parameters.Texts("id")];
        var statuses = call.Parameters.Texts("status").ToList();
        if (call.Id is { } named && await subscriptions.FindAsync(call.Caller, named, call.Stop) is var one && one.Failed(out var failure))
        {
            return failure;
        }

        var rows = (await events.ListAsync(call.Caller.Tenant, ids, call.Stop)).Where(r => r.Owner.Refuse(call.Caller, r.Id) is null).ToList();

        using var bundle = new BundleWriter("searchset", null);
        var found = rows.Where(r => statuses.Count == 0 || statuses.Contains(r.Status)).ToList();
        bundle.Total(found.Count);
        foreach (var row in found)
        {
            var read = reader.Read(row.Body);
            var definition = read.Failed(out _) ? new SubscriptionDefinition("", "", 0, null) { Status = row.Status, Channel = "" } : read.Value;
            var writer = bundle.Entry($"{call.Address}/Subscription/{row.Id}/$status");
            bundle.Resource(NotificationBundle.Status(row, definition, new Notification("query-status", row.Events, []), call.Address, PayloadContent.Empty));
            writer.WriteStartObject("search"u8);
            writer.WriteString("mode"u8, "match"u8);
            writer.WriteEndObject();
            bundle.EndEntry();
        }

        return Reply.Bundle(bundle.ToUtf8());
    }
}
