using System.Diagnostics;
using System.Net.Sockets;

namespace Salus.Bench.Load;

/// <summary>The connections of a load and the thread that serves them.</summary>
/// <param name="limit">Requests at most.</param>
/// <param name="from">Timestamp from which on requests are measured.</param>
/// <param name="end">Timestamp from which on none is sent.</param>
internal sealed class ClientLoop(int port, Workload workload, int clients, long limit, long from, long end) : IDisposable
{
    // A server that is gone refuses thousands of connections a second.
    private const int MostBroken = 20;

    private readonly List<Client> busy = [.. Enumerable.Range(0, clients).Select(_ => new Client(new Connection(port)))];
    private readonly List<Socket> waiting = new(clients);
    private ulong state = 0x9E3779B97F4A7C15UL;
    private long left = limit;
    private int broken;

    public ClientCount Count { get; } = new();

    /// <summary>Timestamp of the last answer.</summary>
    public long Last { get; private set; }

    /// <summary>Until the end, or until there is nothing left to send.</summary>
    public void Run()
    {
        for (var i = busy.Count - 1; i >= 0; i--)
        {
            if (!Begin(busy[i]))
            {
                Remove(i);
            }
        }

        while (busy.Count > 0)
        {
            var next = Wait();
            for (var i = busy.Count - 1; i >= 0; i--)
            {
                // What is ready keeps the order of those who wait.
                var client = busy[i];
                if (next >= 0 && waiting[next] == client.Connection.Socket)
                {
                    next--;
                    if (!Receive(client))
                    {
                        Remove(i);
                    }
                }
            }
        }
    }

    public void Dispose() => busy.ForEach(c => c.Connection.Dispose());

    // Index of the last in the list of those for whom something has come in. A single one waits in its receive.
    private int Wait()
    {
        waiting.Clear();
        foreach (var client in busy)
        {
            waiting.Add(client.Connection.Socket!);
        }

        if (waiting.Count > 1)
        {
            Socket.Select(waiting, null, null, Connection.Patience * 1000);
            if (waiting.Count == 0)
            {
                waiting.AddRange(busy.Select(c => c.Connection.Socket!));
            }
        }

        return waiting.Count - 1;
    }

    // False when the client has nothing more to do.
    private bool Receive(Client client)
    {
        var status = client.Connection.Receive();
        if (status == Connection.Unfinished)
        {
            return true;
        }

        Answered(client, status);
        return Begin(client);
    }

    private bool Begin(Client client)
    {
        while (left-- > 0 && broken < MostBroken)
        {
            var shot = workload.Pick(ref state);
            var number = shot.NumberAt < 0 ? 0 : LoadRun.NextNumber();
            (client.Started, client.Received) = (Stopwatch.GetTimestamp(), client.Connection.Received);
            if (client.Started >= end)
            {
                return false;
            }

            if (client.Connection.Begin(shot, number))
            {
                return true;
            }

            Answered(client, Connection.Broken);
        }

        return false;
    }

    private void Answered(Client client, int status)
    {
        Last = Stopwatch.GetTimestamp();
        broken += status == Connection.Broken ? 1 : 0;
        if (client.Started >= from)
        {
            Count.Add(status, Stopwatch.GetElapsedTime(client.Started, Last), client.Connection.Received - client.Received);
        }
        else
        {
            Count.WarmUp(status);
        }
    }

    private void Remove(int index)
    {
        busy[index].Connection.Dispose();
        busy.RemoveAt(index);
    }

    private sealed class Client(Connection connection)
    {
        public Connection Connection => connection;

        public long Started { get; set; }

        public long Received { get; set; }
    }
}
