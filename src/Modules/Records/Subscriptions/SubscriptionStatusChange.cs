using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Patch;
using Salus.Records.Patch.Json;
using Salus.Records.Update;

namespace Salus.Records.Subscriptions;

/// <summary>Sets the status of a Subscription: a new version of the resource like any other, and only of the version that was looked at.</summary>
internal sealed class SubscriptionStatusChange(PatchInteraction patches, FhirDefinitions definitions, ILogger<SubscriptionStatusChange> log)
{
    /// <param name="error">What Subscription.error says; null removes it.</param>
    public async Task SetAsync(SubscriptionRow row, string status, string? error, CancellationToken ct)
    {
        var only = Condition.Parse($"W/\"{row.Version}\"", null).Value;
        var reply = await patches.RunAsync(Caller.System with { Tenant = row.Tenant, Actor = SubscriptionOwner.Keeper }, definitions.Resource("Subscription")!, row.Id, new Edit(status, error), only, ct);
        if (reply.Failed(out var failure) && failure.Kind is not (FailureKind.PreconditionFailed or FailureKind.NotFound or FailureKind.Gone))
        {
            RecordsLog.StatusNotSet(log, row.Number, status, failure.Kind.ToString());
        }
    }

    private sealed class Edit(string status, string? error) : PatchDocument
    {
        public override Outcome<ReadOnlyMemory<byte>> Apply(ReadOnlyMemory<byte> stored, FhirDefinitions definitions)
        {
            var resource = (JsonObject)JsonTree.Node(JsonTree.Parse(stored))!;
            resource["status"] = status;
            resource.Remove("error");
            if (error is not null)
            {
                resource["error"] = error;
            }

            return new ReadOnlyMemory<byte>(JsonTree.ToUtf8(resource));
        }
    }
}
