namespace Salus.Records;

/// <summary>What to check, and how much of what is wrong to list.</summary>
public sealed record CheckOrder
{
    /// <summary>Read the bodies of all versions, not only the current ones.</summary>
    public bool AllVersions { get; init; }

    /// <summary>How many differences end the check. Default 1: what comes after the first is often its consequence.</summary>
    public int MaxDifferences { get; init; } = 1;
}

/// <summary>One place where two parts of the record contradict each other.</summary>
/// <param name="Table">The table with its schema, such as <c>records.current</c>.</param>
/// <param name="Resource">Tenant, type and id, such as <c>tenant 1, Patient/p1</c>; null when it is not of one resource.</param>
/// <param name="Position">The log position it is at, if any.</param>
/// <param name="Message">What is there and what should be. May quote the resource: not for a log.</param>
public sealed record CheckDifference(string Table, string? Resource, long? Position, string Message)
{
    /// <summary>All of it as one sentence.</summary>
    public override string ToString() => $"{Table}{(Resource is null ? "" : $", {Resource}")}{(Position is null ? "" : $", position {Position}")}: {Message}";
}

/// <summary>Where a consumer of the change feed is.</summary>
/// <param name="Consumer">Its name.</param>
/// <param name="Position">The last position it has dealt with.</param>
public sealed record CheckedConsumer(string Consumer, long Position);

/// <summary>How a check ended.</summary>
public sealed record CheckReport
{
    /// <summary>What was found, in the order in which it was found; empty for a clean record.</summary>
    public required IReadOnlyList<CheckDifference> Differences { get; init; }

    /// <summary>True when it stopped at <see cref="CheckOrder.MaxDifferences"/>, so that there may be more.</summary>
    public required bool Stopped { get; init; }

    /// <summary>The last log position of the moment that was checked.</summary>
    public required long Position { get; init; }

    /// <summary>Resources that were compared with their log and index, deleted ones included.</summary>
    public required long Resources { get; init; }

    /// <summary>Versions in the log that were looked at.</summary>
    public required long Versions { get; init; }

    /// <summary>Every consumer of the change feed.</summary>
    public required IReadOnlyList<CheckedConsumer> Consumers { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>True when log, current versions, index and feed agree.</summary>
    public bool Clean => Differences.Count == 0;
}
