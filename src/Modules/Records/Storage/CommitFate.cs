using Npgsql;
using Salus.Kernel;

namespace Salus.Records.Storage;

/// <summary>Finds out what became of a commit whose answer never came: the connection broke, or the server went away.</summary>
internal sealed class CommitFate(Database database, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Whether the log has this row; null when the database does not come back in time to be asked.</summary>
    public async Task<bool?> IsStoredAsync(CommitMark mark)
    {
        database.Broken();
        // A server that hangs lets a question hang as well: the limit is one for all attempts, and cuts the last one off.
        using var limit = new CancellationTokenSource(Patience, time);
        while (true)
        {
            try
            {
                return await AskAsync(mark, limit.Token);
            }
            catch (Exception e) when (!limit.IsCancellationRequested && (Failures.IsAway(e) || e is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable }))
            {
                await Task.Delay(Pause, time);
            }
            catch (Exception)
            {
                // Out of time, or such as a pool that is closed at the end of the process: not an answer, and no reason to claim that nothing was stored.
                return null;
            }
        }
    }

    private async Task<bool> AskAsync(CommitMark mark, CancellationToken ct)
    {
        await using var connection = await database.Source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        // The lock comes first: whoever held it, the lost session too, has come to an end by then. The log is read by a statement of its own,
        // so that it sees what that end was. Time is unique in the log, so nobody else's row at this position can be taken for ours.
        await using var ask = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("set local lock_timeout = '12s'"),
                new NpgsqlBatchCommand("set local idle_in_transaction_session_timeout = '10s'"),
                new NpgsqlBatchCommand("select from records.head for update"),
            },
        };
        await ask.ExecuteNonQueryAsync(ct);
        await using var look = new NpgsqlCommand("select exists (select from records.log where position = $1 and at = $2 and id = $3)", connection, transaction)
        {
            Parameters =
            {
                new NpgsqlParameter<long> { TypedValue = mark.Position },
                new NpgsqlParameter<DateTime> { TypedValue = mark.At },
                new NpgsqlParameter<string> { TypedValue = mark.Id },
            },
        };
        return (bool)(await look.ExecuteScalarAsync(ct))!;
    }
}

/// <summary>The last row of a commit: if it is there, all of it is.</summary>
internal readonly record struct CommitMark(long Position, DateTime At, string Id);

/// <summary>The database went away at a commit and did not come back in time to be asked whether it was made.</summary>
internal sealed class CommitUnknownException(Exception cause) : IOException("The fate of a commit is not known.", cause);
