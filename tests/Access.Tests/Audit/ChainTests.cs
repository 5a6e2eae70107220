using Npgsql;

namespace Salus.Access.Tests.Audit;

public sealed class ChainTests
{
    [Fact]
    public async Task A_backlog_is_linked_in_portions_that_cut_no_transaction()
    {
        await using var trail = await ChainedTrail.EmptyAsync();
        foreach (var rows in new[] { 6, 7, 25, 1, 1 })
        {
            await trail.WriteTogetherAsync(rows);
        }

        var linked = new List<int>();
        for (int rows; (rows = await trail.LinkAsync()) > 0;)
        {
            linked.Add(rows);
        }

        Assert.Equal([6, 7, 25, 2], linked);
        Assert.Equal(new AuditVerdict(40, 0, null), await trail.VerifyAsync());
    }

    [Fact]
    public async Task Nothing_is_linked_past_a_transaction_that_is_open()
    {
        await using var trail = await ChainedTrail.EmptyAsync();
        await trail.WriteTogetherAsync(2);
        await trail.QuietAsync();
        await using var connection = await trail.Database.Source.OpenConnectionAsync();
        await using (var open = await connection.BeginTransactionAsync())
        {
            await using var first = new NpgsqlCommand("select pg_current_xact_id()::text", connection);
            await first.ExecuteScalarAsync();
            await trail.WriteTogetherAsync(3);
            Assert.Equal(2, await trail.Chain.StepAsync(CancellationToken.None));
            Assert.Equal(0, await trail.Chain.StepAsync(CancellationToken.None));
            await open.RollbackAsync();
        }

        Assert.Equal(3, await trail.LinkAsync());
        Assert.Equal(new AuditVerdict(5, 0, null), await trail.VerifyAsync());
    }

    [Fact]
    public async Task Two_processes_do_not_link_at_once()
    {
        await using var trail = await ChainedTrail.EmptyAsync();
        await trail.WriteTogetherAsync(2);
        await using var connection = await trail.Database.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var take = new NpgsqlCommand("select pg_advisory_xact_lock(418581342580)", connection);
        await take.ExecuteScalarAsync();
        Assert.Equal(0, await trail.Chain.StepAsync(CancellationToken.None));
        await transaction.RollbackAsync();
        Assert.Equal(2, await trail.LinkAsync());
    }
}
