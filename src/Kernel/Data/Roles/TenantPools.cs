using Npgsql;

namespace Salus.Kernel;

/// <summary>
/// The connections of one tenant: PostgreSQL shows their sessions the rows of that tenant and no others, whatever is asked, and lets them read only.
/// For all that answers a request; to write, and for work across tenants, there is <see cref="Database.Source"/>.
/// </summary>
public sealed class TenantPools : IAsyncDisposable
{
    internal TenantPools(NpgsqlDataSource source, NpgsqlDataSource adHoc)
    {
        Source = source;
        AdHoc = adHoc;
    }

    /// <summary>Connections that plan a statement once for all values. They come back as they were left: never leave a SET or a lock behind.</summary>
    public NpgsqlDataSource Source { get; }

    /// <summary>Connections that plan every statement anew for its values: for searches, whose best plan depends on what is asked for.</summary>
    public NpgsqlDataSource AdHoc { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await AdHoc.DisposeAsync();
    }

    internal void Clear()
    {
        Source.Clear();
        AdHoc.Clear();
    }
}
