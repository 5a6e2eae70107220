using Npgsql;
using Salus.Kernel;
using Salus.Records.Search.Parameters;
using Salus.Records.Storage;

namespace Salus.Records.Search;

// Chains and _has. A link can be walked from either end, and which is cheaper depends on the data alone: "the observations of Mr Abbott" begins with the
// patient, "the observations of women" with the observations. So the other end is asked first whether more than a few resources there fit. Keys that were
// found go on as an array: of a subquery PostgreSQL expects thousands for each word, and then reads the whole table instead.
internal sealed partial class Conditions
{
    // For the question how many there are; without an answer they count as many.
    private const int ProbeSeconds = 1;

    // Measured in a record of a million; see MostAsync.
    private const double ChainRoots = 22;
    private const double ReverseRoots = 3;

    // To begin with so few is cheap in a record of any size.
    private const double FewAnyway = 100;

    // PostgreSQL's own figures are of samples: what they call this many times too many is many, anything else is counted.
    private const int SureFactor = 2;

    private async ValueTask<Outcome<string>> LinkedAsync(Row row, LinkedCriterion criterion, CancellationToken ct)
    {
        var alternatives = new List<string>();
        Failure? hidden = null;
        foreach (var end in criterion.Ends)
        {
            // What the caller may not see at all leads nowhere; where every link leads there, that is said.
            if ((await access.OfAsync(row.Caller, end.There, Interactions.Search, ct)).Failed(out var forbidden))
            {
                hidden = forbidden.Kind == FailureKind.Forbidden ? forbidden : null;
                if (hidden is null)
                {
                    return forbidden;
                }

                continue;
            }

            if (end.Few is null)
            {
                var few = await AreFewAsync(row, end, ct);
                if (few.Failed(out var wrong))
                {
                    return wrong;
                }

                end.Few = few.Value;
            }

            var inner = await InnerAsync(row.Next with { OneByOne = !end.Few.Value }, end, ct);
            if (inner.Failed(out var failure))
            {
                return failure;
            }

            var link = new Link(row.Sql, Lexeme.Start(catalog.Number(end.Reference)), -catalog.Number(end.Reverse ? end.Here : end.There));
            alternatives.Add((end.Reverse, end.Few.Value) switch
            {
                (false, true) => FromThere(row, end, inner.Value, link),
                (false, false) => FromHere(row, end, inner.Value, link),
                (true, true) => FromThereReverse(row, end, inner.Value, link),
                (true, false) => FromHereReverse(row, end, inner.Value, link),
            });
        }

        if (alternatives.Count == 0 && hidden is not null)
        {
            return hidden;
        }

        row.Sql.Few |= row.Level == 0 && criterion.Ends.All(e => e.Few == true);
        return $"({string.Join(" or ", alternatives)})";
    }

    // What has to hold at the other end, and that the caller may see it: else what is found here would tell of it.
    private async ValueTask<Outcome<string>> InnerAsync(Row there, LinkEnd end, CancellationToken ct)
    {
        var condition = await OfAsync(there, end.Inner, ct);
        var seen = await access.OfAsync(there.Caller, end.There, Interactions.Search, ct);
        return condition.Failed(out var failure) || seen.Failed(out failure) ? failure
            : seen.Value.Always ? condition.Value
            : $"({condition.Value}){await seen.Value.OfCurrentAsync(there.Sql, there.Name, ct)}";
    }

    private async ValueTask<Outcome<bool>> AreFewAsync(Row row, LinkEnd end, CancellationToken ct)
    {
        var probe = row.Next with { Sql = new SqlText { Selective = Selectivity.IsSure(end.Inner) } };
        var inner = await InnerAsync(probe, end, ct);
        if (inner.Failed(out var failure))
        {
            return failure;
        }

        // What refers to many, or is referred to by many, is many itself as a rule, and dear to count.
        if (end.Inner is LinkedCriterion farther && farther.Ends.Any(e => e.Few == false))
        {
            return false;
        }

        try
        {
            var most = await MostAsync(row, end, ct);
            // The figures of links are guesses, and those of what is sure to be few are not needed.
            if (!probe.Sql.OnePlan && end.Inner is not (LinkedCriterion or CombinedCriterion { Parameter: null }) && await ExpectedAsync(probe, inner.Value, ct) > SureFactor * most)
            {
                return false;
            }

            var few = probe.Sql.Add(most);
            probe.Sql.Append($"select count(*) <= {few} from (select 1 {There(probe, end, inner.Value)} limit {few} + 1) p");
            await using var command = probe.Sql.ToCommand(database.For(row.Caller.Tenant));
            command.CommandTimeout = ProbeSeconds;
            return (bool)(await command.ExecuteScalarAsync(ct))!;
        }
        catch (Exception e) when (SearchInteraction.IsTimeout(e) && !ct.IsCancellationRequested)
        {
            return false;
        }
    }

    // How many may fit there for the search to begin with them. Beginning there costs as what it finds here; beginning here costs, for a page of the newest, as
    // all resources here by those found: they meet where as many are found as a multiple of the root of all. The multiple is large for a chain, because what
    // belongs together was written together: a page may lie behind a long stretch of what belongs to others. A _has reads the words of each that fits there.
    private async Task<int> MostAsync(Row row, LinkEnd end, CancellationToken ct)
    {
        var most = options.Value.MaxLinkedFirst;
        if (row.All)
        {
            return most;
        }

        await using var command = database.For(row.Caller.Tenant).Source.CreateCommand(
            "select sum(count) filter (where type = $2)::double precision, sum(count) filter (where type = $3)::double precision from records.type_count where tenant = $1 and type in ($2, $3)");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = row.Caller.Tenant.Number });
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = catalog.Number(end.Here) });
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = catalog.Number(end.There) });
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        double Count(int column) => reader.IsDBNull(column) ? 0 : reader.GetDouble(column);
        var (here, there) = (Count(0), Count(1));
        var meet = end.Reverse ? ReverseRoots * Math.Sqrt(there) : ChainRoots * there / Math.Sqrt(Math.Max(here, 1));
        return (int)Math.Min(most, Math.Max(FewAnyway, Math.Ceiling(meet)));
    }

    // What PostgreSQL expects, without a look at the rows: of a common code, reading the index alone takes longer than the page.
    private async Task<double> ExpectedAsync(Row there, string condition, CancellationToken ct)
    {
        await using var command = there.Sql.ToPlan(database.For(there.Caller.Tenant), $"select 1 from records.current {there.Name} where {condition}");
        command.CommandTimeout = ProbeSeconds;
        return SqlText.ExpectedRows(await command.ExecuteScalarAsync(ct));
    }

    // The resources at the other end that fit.
    private string There(Row there, LinkEnd end, string condition)
    {
        var (sql, t) = (there.Sql, there.Name);
        var fence = Selectivity.IsSureByWords(end.Inner) ? " + 0" : "";
        return $"from records.current {t} where {t}.tenant{fence} = {sql.Add(there.Caller.Tenant.Number)} and {t}.type{fence} = {sql.Add(catalog.Number(end.There))} and not {t}.deleted and {condition}";
    }

    // A chain, beginning with what it leads to: each target is a word to look up ("offset 0" as in ExactWords.Any).
    private string FromThere(Row row, LinkEnd end, string condition, Link link) =>
        $"""
        {row.Name}.key {Among(row)}(array(select d.key from (select distinct {row.Next.Name}.id {There(row.Next, end, condition)}) r
            cross join lateral (select e.key from records.current e where e.exact @@ {link.Word("r.id")} offset 0) d)){AmongEnd(row)}
        """;

    // An array leads to its keys; where each row is compared with it, it has to be hashed, which PostgreSQL does with a subquery alone.
    private static string Among(Row row) => row.Compared ? "in (select unnest" : "= any";

    private static string AmongEnd(Row row) => row.Compared ? ")" : "";

    // A chain, beginning here: each reference of the row is looked up by its id, and by nothing else ("offset 0" keeps the condition from choosing the way).
    private string FromHere(Row row, LinkEnd end, string condition, Link link) =>
        $"""
        exists (select 1 from unnest(tsvector_to_array({row.Name}.exact)) w (word)
            cross join lateral (select * from records.current i where i.tenant = {row.Sql.Add(row.Caller.Tenant.Number)} and i.type = {row.Sql.Add(catalog.Number(end.There))}
                and i.id = {link.Id("w.word")} and not i.deleted offset 0) {row.Next.Name}
            where {link.Leads("w.word")} and {condition} offset 0)
        """;

    // _has, beginning with what refers: its words hold the ids.
    private string FromThereReverse(Row row, LinkEnd end, string condition, Link link) =>
        $"""
        {row.Name}.key {Among(row)}(array(select k.key from (select distinct {link.Id("w.word")} as id from (select {row.Next.Name}.exact {There(row.Next, end, condition)}) s
            cross join lateral unnest(tsvector_to_array(s.exact)) w (word) where {link.Leads("w.word")}) r
            join records.current k on k.tenant = {row.Sql.Add(row.Caller.Tenant.Number)} and k.type = {row.Sql.Add(catalog.Number(end.Here))} and k.id = r.id)){AmongEnd(row)}
        """;

    // _has, beginning here: who refers to this row is a word to look up, and is then compared. "offset 0" keeps PostgreSQL from looking up what fits as well: of a
    // common code it would read the long list of all that have it, for each row (2 ms instead of 0.3 in a record of 10 million).
    private string FromHereReverse(Row row, LinkEnd end, string condition, Link link) =>
        $"""
        exists (select 1 from (select * from records.current i where i.exact @@ {link.Word($"{row.Name}.id")}
            and i.tenant + 0 = {row.Sql.Add(row.Caller.Tenant.Number)} and i.type + 0 = {row.Sql.Add(catalog.Number(end.There))} and not i.deleted offset 0) {row.Next.Name} where {condition} offset 0)
        """;

    /// <summary>SQL about the words of one reference parameter whose targets are of one type. Ids hold nothing that a query of words would need quoted.</summary>
    private readonly struct Link(SqlText sql, string start, int target)
    {
        private readonly string begin = sql.Add(start);
        private readonly string end = sql.Add(target.ToString(System.Globalization.CultureInfo.InvariantCulture));

        /// <summary>The query for the resources that refer to an id.</summary>
        public string Word(string id) => $"('''' || {begin}::text || {id} || chr(31) || {end}::text || '''')::tsquery";

        /// <summary>Whether a word is such a reference.</summary>
        public string Leads(string word) => $"starts_with({word}, {begin}) and {ExactWords.SystemOf(word)} = {end}";

        /// <summary>The id in such a word.</summary>
        public string Id(string word) => $"split_part(substr({word}, length({begin}) + 1), chr(31), 1)";
    }
}
