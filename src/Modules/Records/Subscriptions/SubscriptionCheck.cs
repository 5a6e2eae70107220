using Microsoft.Extensions.Options;
using Salus.Fhir.Json;
using Salus.Kernel;

namespace Salus.Records.Subscriptions;

/// <summary>Refuses to store a Subscription that could not work. One that is off or failed is stored as it is: nothing is sent for it.</summary>
internal sealed class SubscriptionCheck(SubscriptionReader reader, IOptions<SubscriptionOptions> options)
{
    /// <summary>Null, or why this resource may not be stored.</summary>
    public Failure? Check(Element resource) =>
        resource.Type?.Name == "Subscription" && options.Value.Enabled && resource.Child("status"u8).AsString() is ("requested" or "active") && reader.Read(resource).Failed(out var failure)
            ? failure
            : null;
}
