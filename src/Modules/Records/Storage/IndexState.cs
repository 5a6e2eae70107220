using System.Collections.Frozen;
using System.Globalization;
using Npgsql;
using Salus.Fhir.Search;
using Salus.Kernel;

namespace Salus.Records.Storage;

/// <summary>
/// Which parameters all resources of their type are indexed for. One that is not complete never answers: its answer would look like the truth. What this
/// process knows is at most a second old, and a parameter in use never becomes incomplete: a changed definition is another parameter.
/// </summary>
internal sealed class IndexState(Catalog catalog)
{
    private volatile Known known = new(0, FrozenDictionary<int, int>.Empty, FrozenDictionary<string, ReindexProgress>.Empty);

    /// <summary>Reads the state as this connection sees it.</summary>
    public async Task ReadAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        // First: what is said of parameters that are added after it is not relied on.
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select coalesce(max(id), 0) from records.parameter"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select id, indexed from records.parameter where not retired and indexed < $1")
        {
            Parameters = { new NpgsqlParameter<int> { TypedValue = IndexContents.Version } },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"select {ReindexProgress.Columns} from records.reindex"));
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var last = reader.GetInt32(0);
        await reader.NextResultAsync(ct);
        var rows = new Dictionary<int, int>();
        while (await reader.ReadAsync(ct))
        {
            rows.Add(reader.GetInt32(0), reader.GetInt32(1));
        }

        await reader.NextResultAsync(ct);
        var jobs = new Dictionary<string, ReindexProgress>(StringComparer.Ordinal);
        while (await reader.ReadAsync(ct))
        {
            var job = ReindexProgress.Read(reader);
            jobs.Add(job.ResourceType, job);
        }

        known = new Known(last, rows.ToFrozenDictionary(), jobs.ToFrozenDictionary(StringComparer.Ordinal));
    }

    /// <summary>The last or running reindex of every type that has had one.</summary>
    public IEnumerable<ReindexProgress> Progress => known.Jobs.Values.OrderBy(p => p.ResourceType, StringComparer.Ordinal);

    public bool IsComplete(ResourceParameter parameter, Facet facet = Facet.Value) =>
        IndexContents.Since(parameter, facet) is var since && (since == 0 || known.Has(catalog.Number(parameter, facet), since));

    /// <summary>The numbers whose index rows are there for some resources only.</summary>
    public HashSet<int> Incomplete(SearchParameterSnapshot snapshot) =>
        [.. snapshot.All.SelectMany(p => IndexContents.Of(p).Where(f => IndexContents.Since(p, f) > 0 && !IsComplete(p, f)).Select(f => catalog.Number(p, f)))];

    /// <summary>Null, or why a search by this parameter is refused.</summary>
    /// <param name="name">As the query has it.</param>
    public Failure? Refusal(ResourceParameter parameter, Facet facet, string name)
    {
        if (IsComplete(parameter, facet))
        {
            return null;
        }

        var type = parameter.ResourceType.Name;
        var far = known.Jobs.TryGetValue(type, out var job) && job.FinishedAt is null
            ? string.Create(CultureInfo.InvariantCulture, $"{job.Done} of {Math.Max(job.Done, job.Total)} {type} resources are done")
            : $"the resources of type {type} have not been begun";
        return new Failure(FailureKind.Unavailable, "incomplete", $"'{name}' of {type} is being indexed: {far}. It answers when all are; GET /admin/search/reindex shows how far it is.", name);
    }

    /// <summary>What was read at one time.</summary>
    /// <param name="Last">The highest number that there was: nothing is known of a parameter beyond it, which a process may have learned while this was read.</param>
    /// <param name="Behind">The version of the extractor that the index rows of a number are of, where that is not the one of now.</param>
    private sealed record Known(int Last, FrozenDictionary<int, int> Behind, FrozenDictionary<string, ReindexProgress> Jobs)
    {
        public bool Has(int number, int since) => number > 0 && number <= Last && !(Behind.TryGetValue(number, out var indexed) && indexed < since);
    }
}
