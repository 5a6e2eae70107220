using Npgsql;

namespace Salus.Records.Check;

/// <summary>A query as a server-side cursor: several can be open at once, each with one page of rows in memory.</summary>
internal sealed class Cursor<T>(CheckSession session, string name, Func<NpgsqlDataReader, T> read)
    where T : struct
{
    private const int PageSize = 2000;

    private readonly Queue<T> page = new(PageSize);
    private bool ended;

    public static async Task<Cursor<T>> OpenAsync(CheckSession session, string name, string sql, Func<NpgsqlDataReader, T> read, CancellationToken ct)
    {
        await session.ExecuteAsync($"declare {name} no scroll cursor for {sql}", ct);
        return new Cursor<T>(session, name, read);
    }

    /// <summary>The next row, which stays the next one; null at the end.</summary>
    public async ValueTask<T?> PeekAsync(CancellationToken ct)
    {
        if (page.Count == 0 && !ended)
        {
            await foreach (var row in session.ReadAsync($"fetch forward {PageSize} from {name}", read, ct))
            {
                page.Enqueue(row);
            }

            ended = page.Count < PageSize;
        }

        return page.TryPeek(out var next) ? next : null;
    }

    /// <summary>Goes on to the row after the one that was peeked at.</summary>
    public void Skip() => page.Dequeue();
}
