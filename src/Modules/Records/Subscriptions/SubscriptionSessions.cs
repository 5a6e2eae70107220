using Npgsql;
using Salus.Kernel;

namespace Salus.Records.Subscriptions;

/// <summary>The connections of deliveries and streams, a few for all of them: however many there are, they must not take those of who waits for an answer.</summary>
internal sealed class SubscriptionSessions(Database database) : IDisposable
{
    private readonly Lazy<NpgsqlDataSource> source = new(() => NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString)
    {
        MaxPoolSize = 4,
        MinPoolSize = 0,
        MaxAutoPrepare = 20,
        AutoPrepareMinUsages = 2,
        ApplicationName = "salus subscriptions",
    }.ConnectionString));

    public NpgsqlDataSource Source => source.Value;

    public void Dispose()
    {
        if (source.IsValueCreated)
        {
            source.Value.Dispose();
        }
    }
}
