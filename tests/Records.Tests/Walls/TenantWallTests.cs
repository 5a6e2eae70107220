using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Npgsql;
using Salus.Kernel;
using Salus.Records.Tests.Support;
using Salus.TestSupport;

#pragma warning disable CA2100 // All SQL is written in this file.

namespace Salus.Records.Tests.Walls;

/// <summary>Two organizations in one record: over HTTP, and from inside a session of the database.</summary>
public sealed class TenantWallTests(StructuralServer server) : IClassFixture<StructuralServer>
{
    private static readonly Tenant Other = new(2);
    private static readonly HttpClient Http = new();

    [Fact]
    public async Task Two_tenants_with_the_same_ids_write_at_once_and_see_their_own()
    {
        var (one, two) = (Name("one"), Name("two"));
        await Task.WhenAll(Enumerable.Range(0, 20).SelectMany(i => new[] { PutAsync(one, $"both-{i}", "Ours"), PutAsync(two, $"both-{i}", "Theirs") }));

        foreach (var (caller, family, other) in new[] { (one, "Ours", "Theirs"), (two, "Theirs", "Ours") })
        {
            Assert.Contains($"\"family\":\"{family}\"", await GetAsync(caller, "Patient/both-3"), StringComparison.Ordinal);
            Assert.Equal(20, await TotalAsync(caller, $"Patient?name={family}"));
            Assert.Equal(0, await TotalAsync(caller, $"Patient?name={other}"));
            Assert.Equal(0, await TotalAsync(caller, $"Patient?name:contains={other[1..]}"));
            Assert.Equal(1, await TotalAsync(caller, "Patient?identifier=http://example.org/mrn%7Cboth-3"));
            Assert.Equal(20, await TotalAsync(caller, $"Observation?patient.family={family}"));
            Assert.Equal(0, await TotalAsync(caller, $"Observation?patient.family={other}"));
            Assert.Equal(20, await TotalAsync(caller, "Patient?_has:Observation:patient:code=http://loinc.org%7C1-1"));
            foreach (var path in new[] { "Patient/both-3/_history", "Patient/_history", "_history", "Patient/both-3/$everything", "Observation?_include=Observation:subject", "Patient?_revinclude=Observation:subject" })
            {
                var answer = await GetAsync(caller, path);
                Assert.Contains(family, answer, StringComparison.Ordinal);
                Assert.DoesNotContain(other, answer, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task A_session_of_a_tenant_sees_no_row_of_another_in_any_table()
    {
        await PutAsync(Name("one"), "rows", "Rowe");
        await PutAsync(Name("two"), "rows", "Rowe");
        var database = server.Get<Database>();
        foreach (var table in await TablesAsync("select table_schema || '.' || table_name from information_schema.columns where column_name = 'tenant' and table_schema = 'records' order by 1"))
        {
            foreach (var tenant in new[] { Tenant.Default, Other })
            {
                try
                {
                    await using var command = database.For(tenant).Source.CreateCommand($"select count(*) filter (where tenant <> {tenant.Number}) from {table}");
                    Assert.Equal(0L, await command.ExecuteScalarAsync());
                }
                catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
                {
                    // Not for tenants at all.
                }
            }
        }

        foreach (var table in new[] { "records.log", "records.current", "records.index_string" })
        {
            await using var own = database.For(Other).Source.CreateCommand($"select count(*) from {table}");
            Assert.NotEqual(0L, await own.ExecuteScalarAsync());
        }
    }

    [Fact]
    public async Task Every_table_that_says_whose_a_row_is_or_leads_to_one_has_its_policies()
    {
        var open = await TablesAsync(
            """
            select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p') and n.nspname in ('records', 'access', 'simulation')
                and (exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant' and not a.attisdropped)
                    or exists (select from pg_constraint k join pg_attribute a on a.attrelid = k.confrelid where k.conrelid = c.oid and k.contype = 'f' and a.attname = 'tenant' and not a.attisdropped))
                and not (c.relrowsecurity and (c.relispartition or 2 = (select count(*) from pg_policy p where p.polrelid = c.oid)))
            """);

        Assert.Empty(open);
        Assert.Contains("records.concept", await TablesAsync("select 'records.' || relname from pg_class where relnamespace = 'records'::regnamespace and relrowsecurity"));
    }

    // What is on this list can be read by SQL in any tenant's session: it must say nothing of a person, or docs/adr/0016-database-roles.md has to say that it does.
    [Fact]
    public async Task What_tenants_read_without_a_policy_is_known()
    {
        var shared = await TablesAsync(
            "select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p') and n.nspname !~ '^(pg_|information_schema)' and not c.relrowsecurity and has_table_privilege(current_database() || '_app', c.oid, 'select') order by 1");

        Assert.Equal(["records.code_system", "records.head", "records.parameter", "records.parameter_set", "records.resource_type", "records.unit"], shared);
    }

    [Fact]
    public async Task Texts_are_looked_for_among_a_tenants_own()
    {
        await PutAsync(Name("one"), "text-1", "Quillfeather");
        await PutAsync(Name("two"), "text-2", "Quillsworth");
        Assert.Equal(["quillfeather"], await TextsAsync(Tenant.Default, 1, "%quill%"));
        Assert.Equal(["quillsworth"], await TextsAsync(Other, 2, "%quill%"));
        Assert.Empty(await TextsAsync(Tenant.Default, 2, "%quill%"));
        Assert.Empty(await TextsAsync(Other, 1, "%quill%"));
        // An error here would tell of the rows that got so far, whosever they are.
        Assert.Empty(await TextsAsync(Tenant.Default, 1, "%quill\\"));
        await using var system = server.Get<Database>().Source.CreateCommand("select count(*) from records.texts_like(1, '%quill%') a, records.texts_like(2, '%quill%') b");
        Assert.Equal(1L, await system.ExecuteScalarAsync());
        await using var direct = server.Get<Database>().For(Other).Source.CreateCommand("select count(*) from records.string_value");
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(async () => await direct.ExecuteScalarAsync())).SqlState);

        async Task<List<string>> TextsAsync(Tenant who, int whose, string pattern)
        {
            await using var command = server.Get<Database>().For(who).Source.CreateCommand("select * from records.texts_like($1, $2)");
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = whose });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = pattern });
            await using var reader = await command.ExecuteReaderAsync();
            var found = new List<string>();
            while (await reader.ReadAsync())
            {
                found.Add(reader.GetString(0));
            }

            return found;
        }
    }

    [Fact]
    public async Task The_page_of_subscriptions_is_of_ones_own_tenant()
    {
        var (one, two) = (Name("one"), Name("two"));
        foreach (var (caller, id) in new[] { (one, "ours"), (two, "theirs") })
        {
            await SendAsync(caller, HttpMethod.Put, $"fhir/Subscription/{id}", $$"""
                {"resourceType":"Subscription","id":"{{id}}","status":"off","reason":"{{id}}","criteria":"Patient?","channel":{"type":"rest-hook","endpoint":"https://{{id}}.example.org/hook"} }
                """);
        }

        // The page has what the follower of the log has taken.
        await Eventually.TrueAsync(async () => (await SendAsync(one, HttpMethod.Get, "admin/subscriptions")).Contains("\"ours\"", StringComparison.Ordinal));
        await Eventually.TrueAsync(async () => (await SendAsync(two, HttpMethod.Get, "admin/subscriptions")).Contains("\"theirs\"", StringComparison.Ordinal));
        Assert.DoesNotContain("theirs", await SendAsync(one, HttpMethod.Get, "admin/subscriptions"), StringComparison.Ordinal);
        Assert.DoesNotContain("ours", await SendAsync(two, HttpMethod.Get, "admin/subscriptions"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("update records.log set body = 'x'")]
    [InlineData("delete from records.log")]
    [InlineData("truncate records.log")]
    [InlineData("alter table records.log disable row level security")]
    [InlineData("analyze records.log; create table records.mine (n int)")]
    [InlineData("create table views.mine (n int)")]
    public async Task Not_even_the_committers_role_changes_the_log(string sql)
    {
        await using var command = server.Get<Database>().Source.CreateCommand(sql);

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(async () => await command.ExecuteNonQueryAsync())).SqlState);
    }

    [Fact]
    public async Task Maintenance_has_the_rights_that_it_needs()
    {
        var database = server.Get<Database>();
        await using var analyze = database.Owner.CreateCommand("analyze records.log, records.current");
        await analyze.ExecuteNonQueryAsync();
        await using var clean = database.Owner.CreateCommand("select gin_clean_pending_list('records.current_exact')");
        Assert.IsType<long>(await clean.ExecuteScalarAsync());
    }

    [Fact]
    public async Task After_a_restart_beside_the_first_process_both_tenants_are_served()
    {
        var (one, two) = (Name("one"), Name("two"));
        await PutAsync(one, "again", "Before");
        await PutAsync(two, "again", "Before");

        await using var second = await RecordServer.StartAsync(server.ConnectionString, []);
        using var http = new HttpClient { BaseAddress = RecordServer.AddressOf(second) };
        foreach (var caller in new[] { one, two })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "fhir/Patient/again") { Headers = { { RecordServer.CallerHeader, caller } } };
            using var answer = await http.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    private static string Name(string tenant)
    {
        var name = $"wall-{tenant}";
        RecordServer.Callers[name] = Caller.Local with { Tenant = tenant == "two" ? Other : Tenant.Default };
        return name;
    }

    private async Task PutAsync(string caller, string id, string family)
    {
        var bundle = $$"""
            {"resourceType":"Bundle","type":"transaction","entry":[
              {"request":{"method":"PUT","url":"Patient/{{id}}"},"resource":{"resourceType":"Patient","id":"{{id}}","identifier":[{"system":"http://example.org/mrn","value":"{{id}}"}],"name":[{"family":"{{family}}"}] } },
              {"request":{"method":"PUT","url":"Observation/{{id}}"},"resource":{"resourceType":"Observation","id":"{{id}}","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"1-1"}],"text":"{{family}}"},"subject":{"reference":"Patient/{{id}}"} } }] }
            """;
        await SendAsync(caller, HttpMethod.Post, "fhir", bundle);
    }

    private Task<string> GetAsync(string caller, string path) => SendAsync(caller, HttpMethod.Get, "fhir/" + path);

    private async Task<string> SendAsync(string caller, HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(server.Address, path))
        {
            Content = body is null ? null : new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/fhir+json")),
            Headers = { { RecordServer.CallerHeader, caller } },
        };
        using var answer = await Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return text;
    }

    private async Task<int> TotalAsync(string caller, string search)
    {
        using var bundle = JsonDocument.Parse(await GetAsync(caller, search + "&_total=accurate&_count=1"));
        return bundle.RootElement.GetProperty("total").GetInt32();
    }

    private async Task<List<string>> TablesAsync(string sql)
    {
        await using var command = server.Source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var tables = new List<string>();
        while (await reader.ReadAsync())
        {
            tables.Add(reader.GetString(0));
        }

        return tables;
    }
}
