using Npgsql;

namespace Salus.Faults.Tests.Support;

/// <summary>Whether a store is whole, and whether the writes of a ledger are in it as their clients were told.</summary>
internal static class StoreProof
{
    private const int ClientsAtOnce = 16;
    private const int MarkersPerSearch = 40;

    // Each counts what contradicts the rule; the log, the current rows and the head are all that it names.
    private static readonly (string Rule, string Sql)[] Rules =
    [
        ("positions have no gap and no duplicate, and end at the head",
            "select case when count(*) = count(distinct position) and count(*) = coalesce(max(position), 0) and coalesce(min(position), 1) = 1 and count(*) = (select position from records.head) then 0 else 1 end::bigint from records.log"),
        ("versions of a resource have no gap",
            "select count(*) from (select version, row_number() over (partition by key order by position) as nth from records.log) v where version <> nth"),
        ("time never goes back along the log", "select count(*) from (select at, lag(at) over (order by position) as before from records.log) t where at < before"),
        ("the current rows are the newest log rows",
            """
            select count(*) from (select distinct on (key) key, position, at, tenant, version, type, operation = 2 as deleted, id from records.log order by key, position desc) l
            full join records.current c using (key)
            where (l.position, l.at, l.tenant, l.version, l.type, l.deleted, l.id) is distinct from (c.position, c.at, c.tenant, c.version, c.type, c.deleted, c.id)
            """),
        ("a resource has one key", "select count(*) from (select from records.current group by tenant, type, id having count(*) > 1) d"),
    ];

    /// <summary>The rules of the store, without looking at what anybody was told.</summary>
    public static async Task WholeAsync(string connectionString)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        foreach (var (rule, sql) in Rules)
        {
            Assert.True(await ScalarAsync(source, sql) == 0, $"broken: {rule}");
        }

        // What the feed brings about in the database, against what it was brought about by: once each, nothing left out.
        // A consumer that failed while the database was away pauses for up to a minute before it tries again.
        // One statement sees one moment: -1 while a consumer is behind or has not begun, else how many counts are wrong.
        const string Wrong =
            """
            select case when exists (select from records.head h left join records.feed_consumer c on true where h.position > 0 and c.position is distinct from h.position)
                or not exists (select from records.head h where h.position = 0 or exists (select from records.feed_consumer where name = 'records.type-count')) then -1 else (
                select count(*) from (select tenant, type, count(*) as n from records.current where not deleted group by tenant, type) c
                full join (select tenant, type, count as n from records.type_count where count <> 0) t using (tenant, type) where c.n is distinct from t.n) end
            """;
        var wrong = -1L;
        await Eventually.TrueAsync(async () => (wrong = await ScalarAsync(source, Wrong)) >= 0, seconds: 150);
        if (wrong > 0)
        {
            await using var command = source.CreateCommand(
                """
                select 'log ' || (select string_agg(format('%s/%s: %s', type, operation, n), ' ') from (select type, operation, count(*) n from records.log group by 1, 2) l)
                    || '; counts ' || (select string_agg(format('%s: %s', type, count), ' ') from records.type_count)
                    || '; current ' || (select string_agg(format('%s: %s', type, n), ' ') from (select type, count(*) n from records.current where not deleted group by 1) c)
                    || '; consumers ' || (select string_agg(format('%s: %s at %s', name, position, updated_at), ' ') from records.feed_consumer) || '; head ' || (select position from records.head)
                """);
            Assert.Fail($"{wrong} counts of types are wrong: {await command.ExecuteScalarAsync()}");
        }
    }

    /// <summary>The whole proof after one round. Adds a line to the table, and fails with what was lost.</summary>
    public static async Task HoldsAsync(string fault, int round, FhirClient fhir, string connectionString, Ledger ledger, string remark = "")
    {
        await WholeAsync(connectionString);
        await CheckedAsync(connectionString);
        var lost = await LostAsync(fhir, ledger);
        Rounds.Report(fault, round, ledger.Acknowledged, lost.Count, $"{ledger.Summary()}{(remark.Length > 0 ? $"; {remark}" : "")}");
        Assert.True(lost.Count == 0, $"{lost.Count} contradictions:\n{string.Join('\n', lost.Take(20))}");
    }

    // As somebody would who has a doubt, beside the running server: also bodies and index, which the rules above do not look at.
    private static async Task CheckedAsync(string connectionString)
    {
        using var check = SalusProcess.Start(["check", "--all-versions"], ("Salus__Postgres", connectionString));
        var code = await check.EndAsync();
        Assert.True(code == 0, $"salus check ends with {code}:\n{string.Join('\n', check.Errors)}\n{check.Output()}");
    }

    /// <summary>Every write that is not as its client was told.</summary>
    public static async Task<List<string>> LostAsync(FhirClient fhir, Ledger ledger)
    {
        var found = await FoundAsync(fhir, ledger.Writes);
        var lost = new List<string>();
        await Parallel.ForEachAsync(ledger.Writes, new ParallelOptions { MaxDegreeOfParallelism = ClientsAtOnce }, async (write, _) =>
        {
            var contradiction = write.Target is null ? Contradiction(write, found[write.Marker]) : await UpdateContradictionAsync(fhir, write, found[write.Marker]);
            if (contradiction is not null)
            {
                lock (lost)
                {
                    lost.Add($"{write.Marker} ({write.Fate}): {contradiction}");
                }
            }
        });
        return lost;
    }

    // What searching by the marker finds of a create or a transaction: all of it or nothing, all of it when it was acknowledged, nothing when it was denied.
    private static string? Contradiction(ClientWrite write, IReadOnlyList<Version> found)
    {
        if (found.Count != 0 && !found.Select(f => f.Type).Order(StringComparer.Ordinal).SequenceEqual(write.Types.Order(StringComparer.Ordinal)))
        {
            return $"{found.Count} of {write.Types.Count} resources are there";
        }

        return (write.Fate, found.Count) switch
        {
            (Fate.Acknowledged, 0) => "lost",
            (Fate.Acknowledged, _) when !write.Stored.ToHashSet().SetEquals(found) => $"acknowledged as {string.Join(", ", write.Stored)}, found as {string.Join(", ", found)}",
            (Fate.Denied, > 0) => "denied, and there",
            _ => null,
        };
    }

    // An update may have been followed by another one; then its own version has to be in the history, and the index has to know only the newest.
    private static async Task<string?> UpdateContradictionAsync(FhirClient fhir, ClientWrite write, IReadOnlyList<Version> found)
    {
        var history = await fhir.GetAsync($"Patient/{write.Target}/_history?_count=1000");
        var versions = history.Status == 200 ? history.Entries.Select(e => e["resource"]!).ToList() : [];
        var own = versions.Where(v => (string?)v["identifier"]![0]!["value"] == write.Marker).ToList();
        var newest = versions.Count > 0 && versions[0] == own.FirstOrDefault();
        return (write.Fate, own.Count) switch
        {
            (_, > 1) => "stored twice",
            (Fate.Acknowledged, 0) => "lost",
            (Fate.Acknowledged, 1) when (string?)own[0]["meta"]!["versionId"] != $"{write.Stored[0].Number}" => $"acknowledged as {write.Stored[0]}, stored as version {own[0]["meta"]!["versionId"]}",
            (Fate.Denied, > 0) => "denied, and there",
            _ => found.Count == (newest ? 1 : 0) ? null : $"the index finds {found.Count} of it, {(newest ? "and it is current" : "and it is not current")}",
        };
    }

    // marker -> what the search by identifier finds
    private static async Task<Dictionary<string, IReadOnlyList<Version>>> FoundAsync(FhirClient fhir, IReadOnlyList<ClientWrite> writes)
    {
        var found = writes.ToDictionary(w => w.Marker, _ => (IReadOnlyList<Version>)new List<Version>());
        foreach (var type in writes.SelectMany(w => w.Types).Distinct().ToList())
        {
            var chunks = writes.Where(w => w.Types.Contains(type)).Select(w => w.Marker).Chunk(MarkersPerSearch);
            await Parallel.ForEachAsync(chunks, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (markers, _) =>
            {
                var values = string.Join(',', markers.Select(m => Uri.EscapeDataString($"{Samples.System}|{m}")));
                var page = await fhir.GetAsync($"{type}?identifier={values}&_count=1000");
                Assert.True(page.Status == 200, page.ToString());
                foreach (var resource in page.Entries.Select(e => e["resource"]!))
                {
                    var version = new Version(type, (string)resource["id"]!, int.Parse((string)resource["meta"]!["versionId"]!, System.Globalization.CultureInfo.InvariantCulture));
                    ((List<Version>)found[(string)resource["identifier"]![0]!["value"]!]).Add(version);
                }
            });
        }

        // A transaction's resources were added by two searches, one after the other: no list is written by two threads at once.
        return found;
    }

    private static async Task<long> ScalarAsync(NpgsqlDataSource source, string sql)
    {
#pragma warning disable CA2100 // Written in this class.
        await using var command = source.CreateCommand(sql);
#pragma warning restore CA2100
        command.CommandTimeout = 120;
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
