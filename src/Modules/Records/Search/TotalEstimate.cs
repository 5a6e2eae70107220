using Npgsql;
using Salus.Kernel;

namespace Salus.Records.Search;

/// <summary>A total that is cheap and says what it is.</summary>
/// <param name="Number">How many match.</param>
/// <param name="IsExact">Whether they were counted.</param>
internal readonly record struct Total(long Number, bool IsExact);

/// <summary>
/// <c>_total=estimate</c> (http://hl7.org/fhir/R4/search.html#total): counted up to a thousand matches and for half a second; beyond it, what PostgreSQL
/// expects from its statistics, which is off by factors where several criteria depend on each other.
/// </summary>
internal sealed class TotalEstimate(Database database, SearchSql plan)
{
    /// <summary>How far is counted.</summary>
    public const int Counted = 1000;

    private const int Milliseconds = 500;

    /// <param name="least">How many there are at least, as a page showed.</param>
    public async Task<Outcome<Total>> OfAsync(Caller caller, SearchRequest request, int least, CancellationToken ct)
    {
        var count = await plan.CountAsync(caller, request, Counted + 1, ct);
        if (count.Failed(out var failure))
        {
            return failure;
        }

        if (await CountAsync(caller, count.Value, ct) is { } number)
        {
            if (number <= Counted)
            {
                return new Total(number, IsExact: true);
            }

            least = Math.Max(least, Counted + 1);
        }

        var expectation = await plan.ExpectationAsync(caller, request, ct);
        return expectation.Failed(out failure) ? failure : new Total(Math.Max(least, await ExpectedAsync(caller, expectation.Value, ct)), IsExact: false);
    }

    // Null when it takes too long. The limit is the server's own: a client that only stops waiting leaves it at work.
    private async Task<long?> CountAsync(Caller caller, SqlText sql, CancellationToken ct)
    {
        await using var connection = await sql.PoolOf(database.For(caller.Tenant)).OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using (var limit = new NpgsqlCommand($"set local statement_timeout = {Milliseconds}", connection))
        {
            await limit.ExecuteNonQueryAsync(ct);
        }

        await using var command = sql.ToCommand(connection);
        try
        {
            return (long)(await command.ExecuteScalarAsync(ct))!;
        }
        catch (Exception e) when (SearchInteraction.IsTimeout(e) && !ct.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<long> ExpectedAsync(Caller caller, SqlText sql, CancellationToken ct)
    {
        await using var command = sql.ToPlan(database.For(caller.Tenant), sql.ToString());
        return (long)SqlText.ExpectedRows(await command.ExecuteScalarAsync(ct));
    }
}
