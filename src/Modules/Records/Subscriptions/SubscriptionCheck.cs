using Microsoft.Extensions.Options;
using Salus.Fhir.Json;
using Salus.Kernel;
using Salus.Records.Search;

namespace Salus.Records.Subscriptions;

/// <summary>Refuses to store a Subscription that could not work. One that is off or failed is stored as it is: nothing is sent for it.</summary>
internal sealed class SubscriptionCheck(SubscriptionReader reader, SearchSql plan, IOptions<SubscriptionOptions> options)
{
    /// <summary>Null, or why this resource may not be stored.</summary>
    public async ValueTask<Failure?> CheckAsync(Element resource, CancellationToken ct)
    {
        if (resource.Type?.Name != "Subscription" || !options.Value.Enabled || resource.Child("status"u8).AsString() is not ("requested" or "active"))
        {
            return null;
        }

        var read = reader.Read(resource);
        return read.Failed(out var failure) ? failure : await AskAsync(read.Value, ct);
    }

    /// <summary>Null, or what about the values of its criteria cannot be asked, which shows when they become SQL.</summary>
    private async ValueTask<Failure?> AskAsync(SubscriptionDefinition definition, CancellationToken ct)
    {
        var search = reader.Search(definition.Type, definition.Query);
        var sql = await plan.MatchingAsync(Caller.System, search.Value, [], ct);
        return sql.Failed(out var failure) ? SubscriptionReader.OfCriteria(failure) : null;
    }
}
