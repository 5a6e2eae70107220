using Npgsql;
using Salus.Kernel;

namespace Salus.Records.Storage;

/// <summary>
/// A few connections of their own for work in the background: however much there is of it, it must not take those of who waits for an answer. Opened when they are
/// needed first. A statement may take as long as it takes.
/// </summary>
/// <param name="name">What the metrics call it; without a name they would show the connection string.</param>
/// <param name="most">How many connections there are at most.</param>
internal abstract class SessionPool(Database database, string name, int most) : IDisposable
{
    private readonly Lazy<NpgsqlDataSource> source = new(() => Build(database.SystemConnectionString, name, most));

    public NpgsqlDataSource Source => source.Value;

    public void Dispose()
    {
        if (source.IsValueCreated)
        {
            source.Value.Dispose();
        }
    }

    private static NpgsqlDataSource Build(string connectionString, string name, int most)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString) { Name = name };
        builder.ConnectionStringBuilder.MinPoolSize = 0;
        builder.ConnectionStringBuilder.MaxPoolSize = most;
        builder.ConnectionStringBuilder.MaxAutoPrepare = 20;
        builder.ConnectionStringBuilder.AutoPrepareMinUsages = 2;
        builder.ConnectionStringBuilder.CommandTimeout = 0;
        builder.ConnectionStringBuilder.ApplicationName = name.Replace('-', ' ');
        return builder.Build();
    }
}
