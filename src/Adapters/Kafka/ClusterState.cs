using System.Text.Json;

namespace Salus.Kafka;

/// <summary>What librdkafka's statistics say (https://github.com/confluentinc/librdkafka/blob/master/STATISTICS.md).</summary>
internal static class ClusterState
{
    /// <summary>Whether the group has this process as a member that knows its partitions, and its coordinator answers.</summary>
    public static bool IsSteady(string statistics)
    {
        try
        {
            using var json = JsonDocument.Parse(statistics);
            return json.RootElement.TryGetProperty("cgrp", out var group)
                && group.TryGetProperty("state", out var state) && state.ValueEquals("up"u8)
                && group.TryGetProperty("join_state", out var join) && join.ValueEquals("steady"u8);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
