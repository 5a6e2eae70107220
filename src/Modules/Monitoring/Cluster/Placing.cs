using System.Buffers.Binary;
using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Cluster;

/// <summary>
/// Which process listens to which queue. The processes that live have an order for each partition, by a hash of both (rendezvous hashing): when one comes or goes, only its own partitions
/// move. The first has the partition; the second listens behind it, so that the broker turns to it in the moment in which the first is gone.
/// </summary>
internal static class Placing
{
    /// <summary>The queues that a process is to listen to.</summary>
    /// <param name="me">In the list as well.</param>
    /// <param name="has">Whether this process has a partition now.</param>
    public static IReadOnlySet<int> Plan(Guid me, IReadOnlyList<ClusterNode> nodes, Func<int, bool> has)
    {
        var listen = new HashSet<int>();
        for (var partition = 0; partition < Partitions.Count; partition++)
        {
            var order = nodes.OrderByDescending(n => Weight(n.Id, partition)).ToList();
            var (rank, first) = (order.FindIndex(n => n.Id == me), order[0]);
            var mine = order[rank].Listening.Contains(partition);
            // Who is neither first nor second goes as soon as the first one is there, and whoever has the partition goes last: given back, it goes to the one that has waited for longest.
            var others = order.Skip(2).Any(n => n.Id != me && n.Listening.Contains(partition));
            var stays = rank == 0
                || (!first.Listening.Contains(partition) ? mine
                    : has(partition) ? others
                    : rank == 1 && (mine || !others));
            if (stays)
            {
                listen.Add(partition);
            }
        }

        return listen;
    }

    /// <summary>FNV-1a of the process and the partition. The same on all processes.</summary>
    public static uint Weight(Guid node, int partition)
    {
        Span<byte> bytes = stackalloc byte[20];
        node.TryWriteBytes(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[16..], partition);
        var hash = 2166136261u;
        foreach (var one in bytes)
        {
            hash = (hash ^ one) * 16777619u;
        }

        // The last byte in has hardly touched the high bits, by which this is ordered.
        hash = (hash ^ (hash >> 16)) * 0x85EBCA6Bu;
        hash = (hash ^ (hash >> 13)) * 0xC2B2AE35u;
        return hash ^ (hash >> 16);
    }
}
