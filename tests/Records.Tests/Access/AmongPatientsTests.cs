using Salus.Kernel;
using Salus.Records.Access;
using Salus.Records.Compartment;
using Salus.Records.Search;
using Salus.TestSupport;

namespace Salus.Records.Tests.Access;

/// <summary>Each way in which a statement asks for one of many patients says what the set itself says.</summary>
public sealed class AmongPatientsTests : IAsyncLifetime
{
    // Ends that are alike, parts of others, letters of one and of several bytes, what SQL or an array would read otherwise.
    private static readonly string[] Odd = ["1", "11", "111", "a", "A", "a-1", "1-a", "p1", "p10", "P1", "", "{}", "a,b", "'", "\\", "%", "null", "é", "\u00fc1", "1\u00fc", "\ud83d\ude00", "a\ud83d\ude00b"];
    private TestDatabase database = null!;

    public async Task InitializeAsync() => database = await TestDatabase.CreateAsync(new MigrationSet("records", typeof(RecordsModule).Assembly));

    public async Task DisposeAsync() => await database.DisposeAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(1024)]
    [InlineData(1025)]
    public async Task All_ways_find_the_rows_of_a_set(int count)
    {
        var all = Odd.Concat(Enumerable.Range(0, 3000).Select(i => $"id-{i}")).ToArray();
        var random = new Random(count);
        for (var round = 0; round < 3; round++)
        {
            random.Shuffle(all);
            var set = new PatientSet(all.Take(count).Concat(round == 2 && count > 0 ? Odd : []));
            string[]?[] rows = [null, [], .. Odd.Select(o => new[] { o }).Where(o => o[0].Length > 0), .. all.Take(20).Where(a => a.Length > 0).Select(a => new[] { a, "zz" }),
                .. Enumerable.Range(0, 200).Select(_ => random.GetItems(all, random.Next(1, 4)).Where(a => a.Length > 0).ToArray())];
            var expected = rows.Select(r => r?.Any(set.Contains)).ToList();

            foreach (var (selective, planned) in new[] { (true, false), (false, false), (false, true) })
            {
                var found = await AskAsync(set, rows, selective, planned);
                var wrong = rows.Zip(expected, found).Where(x => (x.Second == true) != (x.Third == true) || (x.First?.Length > 1 && x.Third is null)).Select(x => string.Join('|', x.First ?? ["null"]));
                Assert.True(!wrong.Any(), $"{count} patients, selective {selective}, planned {planned}: {string.Join("; ", wrong)}");
            }
        }
    }

    [Fact]
    public async Task An_id_with_what_stands_between_two_is_no_id()
    {
        var set = new PatientSet(["a\u001eb", .. Enumerable.Range(0, 20).Select(i => $"id-{i}")]);

        Assert.False(set.Contains("a\u001eb"));
        Assert.Equal([false, false, true], await AskAsync(set, [["a"], ["b"], ["id-3"]], true, false));
        Assert.Equal([false, false, true], await AskAsync(set, [["a"], ["b"], ["id-3"]], false, true));
    }

    private async Task<List<bool?>> AskAsync(PatientSet set, string[]?[] rows, bool selective, bool planned)
    {
        var sql = new SqlText { Selective = selective, Forced = !selective && !planned };
        var joined = sql.Add(rows.Select(r => r is null ? null : string.Join('\u001e', r)).ToArray());
        sql.Append(
            $"""
            select ({AmongPatients.Condition(sql, "c", set, planned)})
            from (select u.n, string_to_array(u.joined collate "C", chr(30)) as patients from unnest({joined}::text[]) with ordinality u (joined, n)) c order by c.n
            """);
        await using var command = sql.ToCommand(database.Database.For(Tenant.Default));
        await using var reader = await command.ExecuteReaderAsync();
        var found = new List<bool?>();
        while (await reader.ReadAsync())
        {
            found.Add(reader.IsDBNull(0) ? null : reader.GetBoolean(0));
        }

        return found;
    }
}

/// <summary>Which criteria name the patient whose compartment all matches are in.</summary>
public sealed class PatientOfTests(AccessRecord server) : IClassFixture<AccessRecord>
{
    [Theory]
    [InlineData("Observation", "subject", "Patient/p1", "p1")]
    [InlineData("Observation", "subject", "p1", null)]
    [InlineData("Observation", "patient", "p1", "p1")]
    [InlineData("Observation", "patient", "Patient/p1", "p1")]
    [InlineData("Observation", "performer", "Patient/p1", "p1")]
    [InlineData("Observation", "focus", "Patient/p1", null)]
    [InlineData("Observation", "encounter", "Encounter/p1", null)]
    [InlineData("Observation", "patient", "p1,p2", null)]
    [InlineData("Encounter", "patient", "p1", "p1")]
    [InlineData("Appointment", "patient", "p1", "p1")]
    [InlineData("Coverage", "patient", "p1", "p1")]
    [InlineData("Device", "patient", "p1", null)]
    public void The_patient_of_a_criterion(string type, string name, string value, string? expected)
    {
        var parsed = server.Get<SearchParser>().Parse(type, [new(name, value)], lenient: false);

        Assert.False(parsed.Failed(out var failure), failure?.ToString());
        Assert.Equal(expected, server.Get<CompartmentSet>().PatientOf(Assert.Single(parsed.Value.Criteria)));
    }
}
