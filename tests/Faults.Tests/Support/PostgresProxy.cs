using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace Salus.Faults.Tests.Support;

/// <summary>Where a connection is lost around a commit.</summary>
internal enum Cut
{
    /// <summary>The COMMIT arrives and is carried out; its answer does not come back.</summary>
    AfterCommit,

    /// <summary>The COMMIT does not arrive; the server sees the connection end.</summary>
    BeforeCommit,

    /// <summary>The COMMIT does not arrive, and the server does not learn that nobody is there any more: it keeps the session and its locks.</summary>
    BeforeCommitUnnoticed,
}

/// <summary>A network between Salus and an outside PostgreSQL, which can be taken away.</summary>
internal sealed class PostgresProxy : IAsyncDisposable
{
    // A simple query "COMMIT" as PostgreSQL's protocol writes it (https://www.postgresql.org/docs/18/protocol-message-formats.html).
    private static readonly byte[] Commit = [(byte)'Q', 0, 0, 0, 11, .. "COMMIT\0"u8];

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Guid, (Socket Client, Socket Server)> connections = new();
    private readonly EndPoint server;
    private readonly string connectionString;
    private readonly Task accepting;
    private volatile bool away;
    private Order? armed;

    public PostgresProxy(string connectionString)
    {
        var target = new NpgsqlConnectionStringBuilder(connectionString);
        server = new UnixDomainSocketEndPoint(Path.Combine(target.Host!, $".s.PGSQL.{target.Port}"));
        listener.Start();
        target.Host = "127.0.0.1";
        target.Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        target.SslMode = SslMode.Disable;
        this.connectionString = target.ConnectionString;
        accepting = AcceptAsync();
    }

    /// <summary>For Salus: the same database, through this network.</summary>
    public string ConnectionString => connectionString;

    /// <summary>Ends all connections and takes no new ones.</summary>
    public void GoAway()
    {
        away = true;
        CutAll();
    }

    public void ComeBack() => away = false;

    /// <summary>
    /// Cuts the connection at the next commit of a transaction in which this text was sent, such as a part of a resource; the task ends when that has
    /// happened. Others, such as readers of the feed, are left alone.
    /// </summary>
    /// <param name="thenAway">Whether the network goes away with it, so that nobody can ask what became of the commit.</param>
    public Task CutCommitOf(string text, Cut where, bool thenAway = false)
    {
        var order = new Order(Encoding.UTF8.GetBytes(text), where, thenAway, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        Volatile.Write(ref armed, order);
        return order.Done.Task;
    }

    public async ValueTask DisposeAsync()
    {
        listener.Dispose();
        CutAll();
        await accepting;
    }

    private void CutAll(Socket? except = null)
    {
        foreach (var (client, upstream) in connections.Values.Where(c => c.Client != except))
        {
            client.Dispose();
            upstream.Dispose();
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptSocketAsync();
                if (away)
                {
                    client.Close(0); // a reset
                    continue;
                }

                _ = ServeAsync(client);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The end of the test.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        var upstream = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var id = Guid.CreateVersion7();
        client.NoDelay = true;
        var keepServer = false;
        try
        {
            await upstream.ConnectAsync(server);
            connections[id] = (client, upstream);
            var answers = CopyAsync(upstream, client);
            keepServer = await ForwardAsync(client, upstream, answers);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One of the two has gone.
        }
        finally
        {
            client.Dispose();
            if (!keepServer)
            {
                connections.TryRemove(id, out _);
                upstream.Dispose();
            }
        }
    }

    // True when the server's side is to stay open.
    private async Task<bool> ForwardAsync(Socket client, Socket upstream, Task answers)
    {
        // What was read is searched together with the end of what was read before.
        const int Overlap = 256;
        var buffer = new byte[64 * 1024];
        var seen = false;
        for (int kept = 0, read; (read = await client.ReceiveAsync(buffer.AsMemory(kept))) > 0;)
        {
            var message = buffer.AsMemory(kept, read);
            var text = buffer.AsMemory(0, kept + read);
            // Npgsql sends it by itself, so it stands at the end of what is read at once.
            var commit = message.Span.EndsWith(Commit);
            var order = Volatile.Read(ref armed);
            seen |= order is not null && text.Span.IndexOf(order.Text) >= 0;
            if (commit && seen && order is not null && Interlocked.CompareExchange(ref armed, null, order) == order)
            {
                if (order.ThenAway)
                {
                    away = true;
                    CutAll(except: client);
                }

                await CutAsync(client, upstream, message, order.Where, answers);
                order.Done.SetResult();
                return order.Where == Cut.BeforeCommitUnnoticed;
            }

            seen &= !commit;
            await upstream.SendAsync(message);
            kept = Math.Min(Overlap, text.Length);
            text[^kept..].CopyTo(buffer);
        }

        return false;
    }

    private static async Task CutAsync(Socket client, Socket upstream, ReadOnlyMemory<byte> message, Cut where, Task answers)
    {
        client.Dispose();
        if (where == Cut.AfterCommit)
        {
            await upstream.SendAsync(message);
            // The copy of answers fails at the closed client once the server has answered: then it is committed.
            await answers;
        }
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            int read;
            while ((read = await from.ReceiveAsync(buffer)) > 0)
            {
                await to.SendAsync(buffer.AsMemory(0, read));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return;
        }

        to.Dispose();
    }

    private sealed record Order(byte[] Text, Cut Where, bool ThenAway, TaskCompletionSource Done);
}
