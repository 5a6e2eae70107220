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
    private volatile FrozenDictionary<int, int> behind = FrozenDictionary<int, int>.Empty;
    private volatile FrozenDictionary<string, ReindexProgress> progress = FrozenDictionary<string, ReindexProgress>.Empty;

    /// <summary>Reads the state as this connection sees it.</summary>
    public async Task ReadAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select id, indexed from records.parameter where not retired and indexed < $1")
        {
            Parameters = { new NpgsqlParameter<int> { TypedValue = IndexContents.Version } },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"select {ReindexProgress.Columns} from records.reindex"));
        await using var reader = await batch.ExecuteReaderAsync(ct);
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

        progress = jobs.ToFrozenDictionary(StringComparer.Ordinal);
        behind = rows.ToFrozenDictionary();
    }

    /// <summary>The last or running reindex of every type that has had one.</summary>
    public IEnumerable<ReindexProgress> Progress => progress.Values.OrderBy(p => p.ResourceType, StringComparer.Ordinal);

    public bool IsComplete(ResourceParameter parameter, Facet facet = Facet.Value) =>
        IndexContents.Since(parameter, facet) is var since
        && (since == 0 || (catalog.Number(parameter, facet) is var number and > 0 && !(behind.TryGetValue(number, out var indexed) && indexed < since)));

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
        var far = progress.TryGetValue(type, out var job) && job.FinishedAt is null
            ? string.Create(CultureInfo.InvariantCulture, $"{job.Done} of {Math.Max(job.Done, job.Total)} {type} resources are done")
            : $"the resources of type {type} have not been begun";
        return new Failure(FailureKind.Unavailable, "incomplete", $"'{name}' of {type} is being indexed: {far}. It answers when all are; GET /admin/search/reindex shows how far it is.", name);
    }
}
