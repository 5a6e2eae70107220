using Microsoft.Extensions.Options;
using Npgsql;
using Salus.Fhir.Search;
using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.SearchParameters;

/// <summary>
/// Brings what this process knows of search parameters to what the record says: definitions, their numbers, and which of them are complete. Safe for all threads.
/// </summary>
internal sealed class ParameterLoader(Database database, SearchParameterSet parameters, AddedParameters added, Catalog catalog, IndexState state, IOptions<RecordsOptions> options) : IDisposable
{
    private readonly SemaphoreSlim turn = new(1);

    /// <summary>The position of the last write of a SearchParameter, as the record has it now.</summary>
    public static async Task<long> VersionAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select definitions from records.head", connection);
        return await command.ExecuteScalarAsync(ct) is long version ? version : 0;
    }

    /// <summary>The same, as this process knows it.</summary>
    public long Version => parameters.Current.Version;

    /// <summary>Whether any of these was added to the published ones.</summary>
    public bool AnyAdded(IEnumerable<ResourceParameter> used)
    {
        var snapshot = parameters.Current;
        return used.Any(snapshot.IsAdded);
    }

    /// <summary>True, after loading them, when the definitions are others than those of this version: what was done with them has to be done again.</summary>
    public async Task<bool> RefreshAfterAsync(long version, CancellationToken ct)
    {
        await using (var connection = await database.Source.OpenConnectionAsync(ct))
        {
            if (await VersionAsync(connection, ct) == version)
            {
                return false;
            }
        }

        await RefreshAsync(ct);
        return true;
    }

    /// <summary>Loads everything at the start.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        await catalog.LoadAsync(ct);
        if (options.Value.Content is { } content)
        {
            await SwitchContentAsync(content, ct);
        }

        await RefreshAsync(ct);
    }

    // With another version of the definitions, so that no process goes on to write resources with the rows of before. The time has not been one.
    private async Task SwitchContentAsync(bool on, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("update records.head set content = $1, definitions = -(extract(epoch from clock_timestamp()) * 1000000)::bigint where content <> $1");
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = on });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Loads the definitions anew. Numbers and state are known before the first search or write sees them.</summary>
    public async Task RefreshAsync(CancellationToken ct)
    {
        await turn.WaitAsync(ct);
        try
        {
            await using var connection = await database.Source.OpenConnectionAsync(ct);
            await using var transaction = await connection.BeginTransactionAsync(ct);
            await Catalog.LockAsync(connection, ct);
            var (snapshot, keep) = await added.ReadAsync(connection, ct);
            await CatalogParameters.RetireAsync(connection, snapshot, ct);
            var numbers = await CatalogParameters.AddAsync(connection, snapshot, ct);
            await state.ReadAsync(connection, ct);
            await transaction.CommitAsync(ct);
            catalog.Learn(snapshot, numbers);
            keep();
            parameters.Swap(snapshot);
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();
}
