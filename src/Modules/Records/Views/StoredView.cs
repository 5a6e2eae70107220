using Salus.Kernel;

namespace Salus.Records.Views;

/// <summary>How far the table of a view is.</summary>
internal enum ViewState
{
    /// <summary>The view is not active and has no table.</summary>
    Inactive,
    /// <summary>The resources that were there are being put in.</summary>
    Building,
    /// <summary>They are all in; what changed meanwhile is still coming through the feed.</summary>
    Following,
    /// <summary>It is complete and can be read by its name.</summary>
    Ready,
    /// <summary>The view does not fit the record; there is no table.</summary>
    Failed,
}

/// <summary>A row of <c>records.view</c>.</summary>
/// <param name="Number">Its key.</param>
/// <param name="Filled">The greatest key of a resource that is in the table; <see cref="long.MaxValue"/> when all are.</param>
/// <param name="Done">How many resources were put in by the initial fill.</param>
/// <param name="Total">How many there were when it began, about.</param>
/// <param name="Target">The position that the feed has to reach before the table is complete.</param>
/// <param name="Error">Why it failed.</param>
internal sealed record StoredView(int Number, Tenant Tenant, string Id, int Version, DateTimeOffset At, string? Name, byte[] Body, int Generation, ViewState State)
{
    public const string Columns = "number, tenant, id, version, at, name, body, generation, state, filled, done, total, target, error";

    public long Filled { get; init; }

    public long Done { get; init; }

    public long Total { get; init; }

    public long Target { get; init; }

    public string? Error { get; init; }

    public static async Task<List<StoredView>> ReadAsync(Npgsql.NpgsqlCommand command, CancellationToken ct)
    {
        await using var reader = await command.ExecuteReaderAsync(ct);
        var views = new List<StoredView>();
        while (await reader.ReadAsync(ct))
        {
            views.Add(new StoredView(
                reader.GetInt32(0), new Tenant(reader.GetInt32(1)), reader.GetString(2), reader.GetInt32(3), new DateTimeOffset(reader.GetFieldValue<DateTime>(4), TimeSpan.Zero),
                await reader.IsDBNullAsync(5, ct) ? null : reader.GetString(5), reader.GetFieldValue<byte[]>(6), reader.GetInt32(7), Enum.Parse<ViewState>(reader.GetString(8), ignoreCase: true))
            {
                Filled = reader.GetInt64(9),
                Done = reader.GetInt64(10),
                Total = reader.GetInt64(11),
                Target = reader.GetInt64(12),
                Error = await reader.IsDBNullAsync(13, ct) ? null : reader.GetString(13),
            });
        }

        return views;
    }
}
