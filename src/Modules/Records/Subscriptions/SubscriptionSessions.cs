using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Subscriptions;

/// <summary>The connections of deliveries and streams.</summary>
internal sealed class SubscriptionSessions(Database database) : SessionPool(database, "salus-subscriptions", 4);
