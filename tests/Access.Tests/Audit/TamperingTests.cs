namespace Salus.Access.Tests.Audit;

/// <summary>Whoever owns the database, and not the key, changes the trail: verification names the first row that is not as it was.</summary>
public sealed class TamperingTests
{
    private static readonly DateOnly Second = new(2026, 3, 2);

    [Fact]
    public async Task A_trail_that_nobody_touched_is_whole()
    {
        await using var trail = await ChainedTrail.OfThreeDaysAsync();
        await trail.WriteAsync(new Kernel.Tenant(1), 3);
        Assert.Equal(new AuditVerdict(45, 3, null), await trail.VerifyAsync());
        Assert.Equal(new AuditVerdict(14, 0, null), await trail.VerifyAsync(Second));
    }

    [Theory]
    [InlineData("at = at + interval '1 microsecond'")]
    [InlineData("tenant = 2", "removed")]
    [InlineData("xid = (xid::text::bigint + 1000000)::text::xid8", "removed")]
    [InlineData("kind = 1")]
    [InlineData("outcome = 4")]
    [InlineData("actor = 'user/2'")]
    [InlineData("name = null")]
    [InlineData("name = ''")]
    [InlineData("roles = '{}'")]
    [InlineData("roles = '{nurse,physician}'")]
    [InlineData("person = 'Practitioner/2'")]
    [InlineData("client = null")]
    [InlineData("session = 't'")]
    [InlineData("address = '192.0.2.8'")]
    [InlineData("request = 'q'")]
    [InlineData("type = 'Condition'")]
    [InlineData("resource_id = 'p'")]
    [InlineData("version = 4")]
    [InlineData("patients = '{p1}'")]
    [InlineData("patients = '{p1p2}'")]
    [InlineData("query = 'a=c'")]
    [InlineData("detail = query, query = detail")]
    [InlineData("purpose = 'HRESCH'")]
    [InlineData("openings = '{}'")]
    [InlineData("openings = array[gen_random_uuid()]")]
    [InlineData("openings = openings || openings")]
    [InlineData("mac = sha256('x')")]
    public async Task A_changed_column_is_found(string change, string reason = "changed")
    {
        await using var trail = await ChainedTrail.OfThreeDaysAsync();
        var row = (await trail.IdsAsync())[13];
        Assert.Equal(1, await trail.ExecuteAsync($"update access.audit set {change} where id = '{row}'"));
        await NamesAsync(trail, row, reason);
        Assert.False((await trail.VerifyAsync(Second)).Ok);
        Assert.True((await trail.VerifyAsync(Second.AddDays(-1))).Ok);
    }

    [Fact]
    public async Task A_row_that_was_moved_to_the_begin_is_found()
    {
        await using var trail = await ChainedTrail.OfThreeDaysAsync();
        var row = (await trail.IdsAsync())[13];
        await trail.ExecuteAsync($"update access.audit set xid = '3' where id = '{row}'");
        await NamesAsync(trail, row, "inserted");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(12)]
    [InlineData(29)]
    public async Task A_removed_row_is_found(int place)
    {
        await using var trail = await ChainedTrail.OfThreeDaysAsync();
        var row = (await trail.IdsAsync())[place];
        await trail.ExecuteAsync($"delete from access.audit where id = '{row}'");
        await NamesAsync(trail, row, "removed");
    }

    [Fact]
    public async Task The_first_of_many_is_named()
    {
        await using var trail = await ChainedTrail.OfThreeDaysAsync();
        var ids = await trail.IdsAsync();
        await trail.ExecuteAsync($"update access.audit set detail = 'x' where id in ('{ids[27]}', '{ids[8]}')");
        await NamesAsync(trail, ids[8], "changed");
    }

    [Fact]
    public async Task Two_rows_that_changed_places_are_found()
    {
        await using var trail = await ChainedTrail.OfThreeDaysAsync();
        var ids = await trail.IdsAsync();
        await trail.ExecuteAsync(
            $"update access.audit a set xid = b.xid from access.audit b where (a.id, b.id) in (('{ids[11]}', '{ids[12]}'), ('{ids[12]}', '{ids[11]}'))");
        await NamesAsync(trail, ids[12], "order");
    }

    [Theory]
    [InlineData("xid")]
    [InlineData("pg_current_xact_id()")]
    public async Task A_forged_row_is_found(string xid)
    {
        await using var trail = await ChainedTrail.OfThreeDaysAsync();
        var ids = await trail.IdsAsync();
        await trail.ExecuteAsync(
            $"""
            insert into access.audit (at, id, xid, tenant, kind, outcome, actor, roles, version, patients, mac)
            select at, '01985000-0000-7000-8000-000000000001', {xid}, tenant, kind, outcome, 'somebody', roles, version, patients, mac from access.audit where id = '{ids[7]}'
            """);
        await NamesAsync(trail, Guid.Parse("01985000-0000-7000-8000-000000000001"), xid == "xid" ? "inserted" : "not written by Salus");

        // Also when the chain has taken it up.
        await trail.LinkAsync();
        Assert.False((await trail.VerifyAsync()).Ok);
    }

    [Theory]
    [InlineData("truncate access.audit_other", "removed")]
    [InlineData("truncate access.audit, access.audit_chain, access.audit_seal", "in the file beside the key")]
    [InlineData("truncate access.audit_chain", "seal")]
    [InlineData("truncate access.audit_seal", "in the file beside the key")]
    [InlineData("delete from access.audit_seal where day = '2026-03-01'", "does not follow the seal before it")]
    [InlineData("delete from access.audit_seal where day = '2026-03-02'", "in the file beside the key")]
    [InlineData("update access.audit_seal set seal = sha256('x') where day = '2026-03-02'", "seal")]
    [InlineData("update access.audit_seal set entries = entries - 1 where day = '2026-03-02'", "seal")]
    [InlineData("delete from access.audit_chain where number = 1", "Segment 1 of tenant 1 is missing")]
    [InlineData("delete from access.audit_chain where number = 3", "Segment 3 of tenant 1 is missing")]
    [InlineData("delete from access.audit_chain where number = 6", "cut off or rewritten")]
    [InlineData("update access.audit_chain set ids = ids[2:] where number = 3", "not written by Salus")]
    [InlineData("update access.audit_chain set day = day + 1 where number = 3", "not written by Salus")]
    [InlineData("update access.audit_chain set until_xid = (until_xid::text::bigint + 1)::text::xid8 where number = 3", "not written by Salus")]
    [InlineData("update access.audit_chain set hash = sha256('x') where number = 3", "not written by Salus")]
    [InlineData("update access.audit_chain a set (ids, hash, previous, mac) = (select ids, hash, previous, mac from access.audit_chain b where b.tenant = a.tenant and b.number = 2) where number = 3", "not written by Salus")]
    [InlineData("insert into access.audit_dropped values ('audit_other', '2026-01-01', '2027-01-01', 42, now(), sha256('x'))", "dropped partition audit_other")]
    [InlineData("insert into access.audit_seal select 1, '2026-03-09', 1, 1, hash, seal, sha256('x'), now() from access.audit_seal where tenant = 1 and day = '2026-03-02'", "seal")]
    public async Task Tampering_with_the_chain_is_found(string sql, string reason)
    {
        await using var trail = await ChainedTrail.OfThreeDaysAsync();
        Assert.NotEqual(0, await trail.ExecuteAsync(sql));
        var verdict = await trail.VerifyAsync();
        Assert.Contains(reason, verdict.FirstBad?.Reason ?? "nothing", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-03-02", "is missing")]
    [InlineData("2026-03-03", "cut off or rewritten")]
    public async Task A_day_that_was_taken_out_whole_is_found(string day, string reason)
    {
        await using var trail = await ChainedTrail.OfThreeDaysAsync();
        await trail.ExecuteAsync($"delete from access.audit where id in (select unnest(ids) from access.audit_chain where day = '{day}')");
        await trail.ExecuteAsync($"delete from access.audit_chain where day = '{day}'");
        await trail.ExecuteAsync($"delete from access.audit_seal where day = '{day}'");
        Assert.Contains(reason, (await trail.VerifyAsync()).FirstBad?.Reason ?? "nothing", StringComparison.Ordinal);
    }

    private static async Task NamesAsync(ChainedTrail trail, Guid row, string reason)
    {
        var verdict = await trail.VerifyAsync();
        Assert.Equal(row, verdict.FirstBad?.Id);
        Assert.Contains(reason, verdict.FirstBad!.Reason, StringComparison.Ordinal);
    }
}
