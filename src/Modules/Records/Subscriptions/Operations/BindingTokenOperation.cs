using System.Globalization;
using Salus.Kernel;
using Salus.Records.Http;
using Salus.Records.Operations;
using Salus.Records.Subscriptions.Streams;

namespace Salus.Records.Subscriptions.Operations;

/// <summary><c>$get-ws-binding-token</c>: what a client of the websocket channel says who it is with.</summary>
internal sealed class BindingTokenOperation(SubscriptionEvents events, FollowedSubscriptions subscriptions, BindingTokens tokens, SubscriptionReader reader) : IOperation
{
    public OperationDefinition Definition { get; } = new(
        "get-ws-binding-token", "http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/backport-subscription-get-ws-binding-token", OperationLevels.Type | OperationLevels.Instance)
    {
        Types = ["Subscription"],
        Parameters = [new("id", "id", Many: true)],
    };

    public async Task<Outcome<Reply>> RunAsync(OperationCall call)
    {
        string[] ids = call.Id is { } id ? [id] : [.. call.Parameters.Texts("id")];
        foreach (var named in ids)
        {
            if (await subscriptions.FindAsync(call.Caller, named, call.Stop) is var one && one.Failed(out var failure))
            {
                return failure;
            }
        }

        var rows = (await events.ListAsync(call.Caller.Tenant, ids, call.Stop)).Where(r => r.Owner.Refuse(call.Caller, r.Id) is null).ToList();

        var sockets = rows.Where(r => !reader.Read(r.Body).Failed(out _) && reader.Read(r.Body).Value is { Channel: "websocket" }).ToList();
        if (sockets.Count == 0 || (ids.Length > 0 && sockets.Count < rows.Count))
        {
            return new Failure(FailureKind.Unprocessable, "business-rule", "A token is for Subscriptions whose channel is websocket.", "id");
        }

        var (token, expires) = await tokens.NewAsync(call.Caller.Tenant, [.. sockets.Select(s => s.Number)], call.Stop);
        using var answer = new ParametersWriter();
        answer.Text("token", "string", token);
        answer.Text("expiration", "dateTime", expires.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        foreach (var row in sockets)
        {
            answer.Text("subscription", "string", row.Id);
        }

        return answer.Text("websocket-url", "url", SubscriptionSockets.Address(call.Address)).ToReply();
    }
}
