using Npgsql;
using NpgsqlTypes;
using Salus.Fhir.Search;
using Salus.Kernel;

namespace Salus.Records.Storage;

/// <summary>The index rows of one commit, as columns for <c>insert ... select from unnest</c>: one statement per table, however many resources.</summary>
/// <param name="known">Whether a folded text is certain to stand in <c>records.string_value</c>.</param>
internal sealed class IndexColumns(Catalog catalog, Func<(int Tenant, string Value), bool> known)
{
    private readonly HashSet<(int Tenant, string Value)> fresh = [];
    private readonly Rows text = new();
    private readonly List<string> textValue = [];
    private readonly List<string> textOriginal = [];
    private readonly Rows date = new();
    private readonly List<long> dateLow = [];
    private readonly List<long> dateHigh = [];
    private readonly Rows amount = new();
    private readonly List<int> amountSystem = [];
    private readonly List<string> amountCode = [];
    private readonly List<string?> amountUnit = [];
    private readonly List<decimal> amountLow = [];
    private readonly List<decimal> amountHigh = [];
    private readonly Rows narrative = new();
    private readonly List<string> narrativeText = [];
    private readonly List<string> narrativeDigest = [];
    private readonly List<CompositeRow> composites = [];
    private readonly List<long> compositeKeys = [];

    /// <summary>The folded texts that may be new to <c>records.string_value</c>.</summary>
    public IReadOnlyCollection<(int Tenant, string Value)> FreshValues => fresh;

    /// <summary>Adds what a resource is found by in order: strings, dates, amounts. Its code systems must be known to the catalog.</summary>
    public void Add(Tenant tenant, long key, SearchValues values, List<IndexedString> strings)
    {
        foreach (var value in strings)
        {
            var row = StringRow.Of(tenant, value);
            text.Add(row.Tenant, row.Parameter, key);
            textValue.Add(row.Value);
            textOriginal.Add(row.Original);
            if (!known((row.Tenant, row.Value)))
            {
                fresh.Add((row.Tenant, row.Value));
            }
        }

        foreach (var value in values.Dates)
        {
            var row = DateRow.Of(tenant, value, catalog);
            date.Add(row.Tenant, row.Parameter, key);
            dateLow.Add(row.Low);
            dateHigh.Add(row.High);
        }

        foreach (var value in values.Numbers)
        {
            Add(key, AmountRow.Of(tenant, value, catalog));
        }

        foreach (var value in values.Quantities)
        {
            Add(key, AmountRow.Of(tenant, value, catalog));
        }

        foreach (var value in values.Positions)
        {
            Add(key, AmountRow.Latitude(tenant, value, catalog));
            Add(key, AmountRow.Longitude(tenant, value, catalog));
        }

        foreach (var value in values.Narratives)
        {
            var row = TextRow.Of(tenant, value, catalog);
            narrative.Add(row.Tenant, row.Parameter, key);
            narrativeText.Add(FoldedText.Words(value.Text));
            narrativeDigest.Add(row.Digest);
        }

        foreach (var value in values.Composites)
        {
            foreach (var row in CompositeRow.Of(tenant, value, catalog))
            {
                composites.Add(row);
                compositeKeys.Add(key);
            }
        }
    }

    /// <summary>Adds the inserts, one per table that has rows.</summary>
    public void AddTo(NpgsqlBatch batch)
    {
        if (fresh.Count > 0)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand("insert into records.string_value (tenant, value) select * from unnest($1, $2) on conflict do nothing")
            {
                Parameters = { new NpgsqlParameter<int[]> { TypedValue = [.. fresh.Select(f => f.Tenant)] }, new NpgsqlParameter<string[]> { TypedValue = [.. fresh.Select(f => f.Value)] } },
            });
        }

        if (text.Count > 0)
        {
            batch.BatchCommands.Add(text.Insert("index_string", "value, original", Column(textValue), Column(textOriginal)));
        }

        if (date.Count > 0)
        {
            batch.BatchCommands.Add(date.Insert("index_date", "low, high", Column(dateLow), Column(dateHigh)));
        }

        if (amount.Count > 0)
        {
            batch.BatchCommands.Add(amount.Insert(
                "index_amount", "system, code, unit, low, high", Column(amountSystem), Column(amountCode), Column(amountUnit), Column(amountLow), Column(amountHigh)));
        }

        if (narrative.Count > 0)
        {
            batch.BatchCommands.Add(narrative.Insert("index_text", "words, digest", "select u.t, u.p, u.k, to_tsvector('simple', u.a), u.b from", "u (t, p, k, a, b)", Column(narrativeText), Column(narrativeDigest)));
        }

        if (composites.Count > 0)
        {
            batch.BatchCommands.Add(Composites());
        }
    }

    internal static NpgsqlParameter<T[]> Column<T>(List<T> values) => new() { TypedValue = [.. values] };

    private NpgsqlBatchCommand Composites() => new(
        """
        insert into records.index_composite (tenant, parameter, key, word, rest, low, high, low2, high2, system, code, unit)
        select u.tenant, u.parameter, u.key, u.word, string_to_array(u.rest, chr(30)), u.low, u.high, u.low2, u.high2, u.system, u.code, u.unit
        from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) u (tenant, parameter, key, word, rest, low, high, low2, high2, system, code, unit)
        """)
    {
        Parameters =
        {
            Column(composites.ConvertAll(r => r.Tenant)), Column(composites.ConvertAll(r => r.Parameter)), Column(compositeKeys),
            Column(composites.ConvertAll(r => r.Word)), Column(composites.ConvertAll(r => r.Rest)),
            Column(composites.ConvertAll(r => r.Low)), Column(composites.ConvertAll(r => r.High)), Column(composites.ConvertAll(r => r.Low2)), Column(composites.ConvertAll(r => r.High2)),
            Column(composites.ConvertAll(r => r.System)), Column(composites.ConvertAll(r => r.Code)), Column(composites.ConvertAll(r => r.Unit)),
        },
    };

    private void Add(long key, in AmountRow row)
    {
        amount.Add(row.Tenant, row.Parameter, key);
        amountSystem.Add(row.System);
        amountCode.Add(row.Code);
        amountUnit.Add(row.Unit);
        amountLow.Add(row.Low);
        amountHigh.Add(row.High);
    }

    /// <summary>The columns that all index tables share.</summary>
    private sealed class Rows
    {
        private readonly List<int> tenants = [];
        private readonly List<int> parameters = [];
        private readonly List<long> keys = [];

        public int Count => keys.Count;

        public void Add(int tenant, int parameter, long key)
        {
            tenants.Add(tenant);
            parameters.Add(parameter);
            keys.Add(key);
        }

        public NpgsqlBatchCommand Insert(string table, string columns, params ReadOnlySpan<NpgsqlParameter> own) => Insert(table, columns, "select * from", "", own);

        public NpgsqlBatchCommand Insert(string table, string columns, string select, string alias, params ReadOnlySpan<NpgsqlParameter> own)
        {
            var arrays = string.Join(", ", Enumerable.Range(1, own.Length + 3).Select(i => $"${i}"));
            var command = new NpgsqlBatchCommand($"insert into records.{table} (tenant, parameter, key, {columns}) {select} unnest({arrays}) {alias}")
            {
                Parameters = { Column(tenants), Column(parameters), Column(keys) },
            };
            foreach (var parameter in own)
            {
                command.Parameters.Add(parameter);
            }

            return command;
        }
    }
}
