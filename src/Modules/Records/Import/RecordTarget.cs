using Npgsql;
using Salus.Fhir.Json;
using Salus.Kernel;
using Salus.Records.Http;
using Salus.Records.Search;
using Salus.Records.Storage;
using Salus.Records.Transaction;

namespace Salus.Records.Import;

/// <summary>The record of this process, through the same interactions as HTTP requests.</summary>
/// <param name="caller">Who imports; by default whoever may start this program.</param>
internal sealed class RecordTarget(BundleInteraction bundles, SearchInteraction searches, Database database, Catalog catalog, Caller? caller = null) : IImportTarget
{
    private readonly Caller caller = caller ?? Caller.System with { Actor = "import" };

    public string Name { get; } = $"record {database.Folder ?? Address(database.ConnectionString)}";

    // No request limit applies here; a document, its tape and its stored form have to fit into memory.
    public int MaxBytes => 500 * 1000 * 1000;

    public Task<Failure?> CheckAsync(CancellationToken ct) => Task.FromResult<Failure?>(null);

    public Task<TargetAnswer> SendAsync(ReadOnlyMemory<byte> bundle, ResourceDocument? document, CancellationToken ct) => AnswerAsync(() => document is null
        ? bundles.RunAsync(caller, bundle, ReturnPreference.Minimal, address: "", ct)
        : bundles.RunAsync(caller, document, ReturnPreference.Minimal, address: "", ct));

    public Task<TargetAnswer> SearchAsync(string type, IReadOnlyList<KeyValuePair<string, string>> query, CancellationToken ct) =>
        AnswerAsync(() => searches.RunAsync(caller, type, query, lenient: false, address: "", ct));

    public async Task<bool> HasAllAsync(IReadOnlyList<(string Type, string Id)> resources)
    {
        await using var command = database.Source.CreateCommand(
            """
            select count(*) from unnest($2, $3) n (type, id)
            join records.current c on c.tenant = $1 and c.type = n.type and c.id = n.id and not c.deleted
            """);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = caller.Tenant.Number });
        command.Parameters.Add(new NpgsqlParameter<short[]> { TypedValue = [.. resources.Select(r => catalog.Number(r.Type))] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. resources.Select(r => r.Id)] });
        try
        {
            return (long)(await command.ExecuteScalarAsync())! == resources.Count;
        }
        catch (Exception e) when (Failures.IsAway(e))
        {
            return false;
        }
    }

    public void Dispose()
    {
        // The record belongs to whoever started it.
    }

    private static string Address(string connection)
    {
        var parts = new NpgsqlConnectionStringBuilder(connection);
        return $"{parts.Host}:{parts.Port}/{parts.Database}";
    }

    private async Task<TargetAnswer> AnswerAsync(Func<Task<Outcome<Reply>>> run)
    {
        Outcome<Reply> outcome;
        try
        {
            outcome = await run();
        }
        catch (Exception e) when (DatabaseFault.Is(e))
        {
            outcome = Failures.OfDatabase(e);
        }

        // A commit into files that are deleted is acknowledged too, as long as PostgreSQL has them open.
        if (database.FilesGone)
        {
            return new TargetAnswer(
                503, default, $"The files of the record in {database.Folder} are gone: they were deleted while the import was running. Start it again, into a folder that stays.", Lost: true);
        }

        var reply = outcome.Failed(out var failure) ? OperationOutcome.Reply(failure) : outcome.Value;
        return new TargetAnswer(reply.Status, reply.Body);
    }
}
