using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Salus.Kernel;

namespace Salus.Access.Audit;

/// <summary>Binds the trail to its key before anything is written: with another key, what follows would not fit what is there.</summary>
internal sealed class AuditStartup(Database database, AuditKey key, TimeProvider time, ILogger<AuditStartup> log) : IHostedService
{
    /// <exception cref="CannotStartException">The trail in the database is kept with another key.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        PrivateFolder.Watch(key.Folder, log);
        await using var known = database.Source.CreateCommand("select key from access.audit_store");
        if (await known.ExecuteScalarAsync(cancellationToken) is not string kept)
        {
            await using var insert = database.Source.CreateCommand("insert into access.audit_store (id, key) values ($1, $2) on conflict do nothing");
            insert.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = Guid.CreateVersion7(time.GetUtcNow()) });
            insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = key.Id });
            await insert.ExecuteNonQueryAsync(cancellationToken);
            kept = (string)(await known.ExecuteScalarAsync(cancellationToken))!;
        }

        if (kept != key.Id)
        {
            throw new CannotStartException(
                $"The audit trail in this database is kept with the key {kept}; the one in {key.Folder} is {key.Id}. Put the right file back from the backup, or name its folder with Salus:Access:AuditFolder.");
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
