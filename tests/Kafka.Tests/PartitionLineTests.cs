using Confluent.Kafka;

namespace Salus.Kafka.Tests;

/// <summary>Only what has nothing unfinished before it may be committed.</summary>
public sealed class PartitionLineTests
{
    [Fact]
    public void The_oldest_that_is_not_done_holds_back_all_behind_it()
    {
        using var line = new PartitionLine(new TopicPartition("t", 0), CancellationToken.None);
        var entries = Enumerable.Range(10, 4).Select(offset => line.Add(offset, 1)).ToList();
        entries[1].End(true);
        Assert.Null(line.Advance());
        entries[0].End(true);
        Assert.Equal(12, line.Advance());
        Assert.Null(line.Advance());
        Assert.True(line.IsBusy);
        entries[2].End(false);
        entries[3].End(true);
        Assert.Null(line.Advance());
        Assert.False(line.IsBusy);
    }

    [Theory]
    [InlineData("""{"cgrp":{"state":"up","join_state":"steady"}}""", true)]
    [InlineData("""{"cgrp":{"state":"query-coord","join_state":"steady"}}""", false)]
    [InlineData("""{"cgrp":{"state":"up","join_state":"wait-join"}}""", false)]
    [InlineData("{}", false)]
    [InlineData("no JSON", false)]
    public void Statistics_tell_whether_the_group_is_joined(string json, bool steady) => Assert.Equal(steady, ClusterState.IsSteady(json));

    [Fact]
    public void Room_is_bounded_by_count_and_by_bytes()
    {
        var room = new WorkRoom(3, 100);
        room.Enter(100);
        Assert.True(room.IsFull);
        room.Leave(100);
        Assert.True(room.IsRoomy);
        room.Enter(1);
        room.Enter(1);
        Assert.Equal((false, false), (room.IsFull, room.IsRoomy));
        room.Enter(1);
        Assert.True(room.IsFull);
    }
}
