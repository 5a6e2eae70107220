using Salus.Monitoring.Cluster;
using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Tests.Cluster;

/// <summary>Where partitions go when processes come and leave: a broker that gives each to who has waited for longest, and processes that follow the plan one after the other.</summary>
public sealed class PlacingTests
{
    private readonly List<Guid> nodes = [];
    private readonly List<Guid>[] queues = [.. Enumerable.Range(0, Partitions.Count).Select(_ => new List<Guid>())];
    private readonly Random random = new(7);
    private int moves;

    [Fact]
    public void Partitions_spread_over_those_that_come_and_each_has_one_behind_it()
    {
        for (var n = 1; n <= 5; n++)
        {
            Come();
            Settle();
            var held = queues.CountBy(q => q[0]).ToDictionary();
            Assert.Equal(n, held.Count);
            Assert.All(held.Values, count => Assert.InRange(count, 64 / n / 3, 64 * 3 / n));
            Assert.All(queues, q => Assert.Equal(Math.Min(n, 2), q.Count));
        }
    }

    [Fact]
    public void Of_one_that_goes_the_partitions_have_another_at_once_and_no_other_moves()
    {
        Come();
        Come();
        Come();
        Settle();
        var before = queues.Select(q => q[0]).ToArray();
        var gone = nodes[1];
        nodes.Remove(gone);
        Array.ForEach(queues, q => q.Remove(gone));
        Assert.DoesNotContain(queues, q => q.Count == 0);
        Assert.All(Enumerable.Range(0, Partitions.Count).Where(p => before[p] != gone), p => Assert.Equal(before[p], queues[p][0]));
        moves = 0;
        Settle();
        Assert.Equal(0, moves);
        Assert.All(queues, q => Assert.Equal(2, q.Count));
    }

    private void Come() => nodes.Add(Guid.Parse($"00000000-0000-7000-8000-{random.Next():x8}{random.Next() & 0xFFFF:x4}"));

    // Until nobody changes anything: each sees what all did in the beat before.
    private void Settle()
    {
        for (var beat = 0; ; beat++)
        {
            Assert.True(beat < 12, "it does not come to an end");
            var seen = nodes.ConvertAll(n => new ClusterNode(n, Enumerable.Range(0, Partitions.Count).Where(p => queues[p].Contains(n)).ToHashSet()));
            if (nodes.OrderBy(_ => random.Next()).ToList().ConvertAll(n => Follow(n, Placing.Plan(n, seen, p => queues[p].FirstOrDefault() == n))).TrueForAll(changed => !changed))
            {
                return;
            }
        }
    }

    private bool Follow(Guid node, IReadOnlySet<int> plan)
    {
        var changed = false;
        for (var partition = 0; partition < Partitions.Count; partition++)
        {
            var queue = queues[partition];
            if (plan.Contains(partition) == queue.Contains(node))
            {
                continue;
            }

            changed = true;
            if (plan.Contains(partition))
            {
                queue.Add(node);
                continue;
            }

            moves += queue[0] == node ? 1 : 0;
            queue.Remove(node);
        }

        return changed;
    }
}
