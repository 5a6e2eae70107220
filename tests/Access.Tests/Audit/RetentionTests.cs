using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Salus.Access.Audit;
using Salus.Kernel;

namespace Salus.Access.Tests.Audit;

public sealed class RetentionTests
{
    [Fact]
    public async Task What_is_too_old_goes_and_the_chain_verifies_without_it()
    {
        await using var trail = await ChainedTrail.EmptyAsync();
        using var partitions = Partitions(trail);
        await partitions.StepAsync(CancellationToken.None);
        await trail.WriteAsync(new Tenant(1), 4);
        await trail.LinkAsync();
        trail.Clock.Now = trail.Clock.Now.AddYears(7).AddMonths(-1);
        await partitions.StepAsync(CancellationToken.None);
        await trail.WriteAsync(new Tenant(1), 3);
        await trail.LinkAsync();
        Assert.Equal(new AuditVerdict(7, 0, null), await trail.VerifyAsync());

        trail.Clock.Now = trail.Clock.Now.AddMonths(2);
        await partitions.StepAsync(CancellationToken.None);
        Assert.Equal(3, (await trail.IdsAsync()).Count);
        Assert.Equal(new AuditVerdict(3, 0, null), await trail.VerifyAsync());

        // Only what was dropped is excused.
        await trail.ExecuteAsync($"delete from access.audit where id = '{(await trail.IdsAsync())[1]}'");
        Assert.Contains("removed", (await trail.VerifyAsync()).FirstBad?.Reason ?? "nothing", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("update access.audit_dropped set high = high + interval '1 month' where partition = 'audit_2026_03'")]
    [InlineData("update access.audit_dropped set entries = 3 where partition = 'audit_2026_03'")]
    [InlineData("delete from access.audit_dropped where partition = 'audit_2026_03'")]
    public async Task A_changed_summary_is_found(string sql)
    {
        await using var trail = await ChainedTrail.EmptyAsync();
        using var partitions = Partitions(trail);
        await partitions.StepAsync(CancellationToken.None);
        await trail.WriteAsync(new Tenant(1), 4);
        await trail.LinkAsync();
        trail.Clock.Now = trail.Clock.Now.AddYears(8);
        await partitions.StepAsync(CancellationToken.None);
        Assert.True((await trail.VerifyAsync()).Ok);
        Assert.Equal(1, await trail.ExecuteAsync(sql));
        Assert.False((await trail.VerifyAsync()).Ok);
    }

    private static AuditPartitions Partitions(ChainedTrail trail) =>
        new(trail.Database.Database, trail.Key, Options.Create(new AccessOptions()), trail.Clock, NullLogger<AuditPartitions>.Instance);
}
