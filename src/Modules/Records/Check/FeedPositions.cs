using Salus.Kernel;

namespace Salus.Records.Check;

/// <summary>The feed: no consumer is ahead of the log, and <c>records.type_count</c> is what the log says up to its consumer's position.</summary>
internal sealed class FeedPositions(CheckSession session, Findings findings, string counter)
{
    private readonly Dictionary<(int Tenant, short Type), long> counts = [];
    private long counted;

    public IReadOnlyList<CheckedConsumer> Consumers { get; private set; } = [];

    public async Task ReadAsync(CancellationToken ct)
    {
        Consumers = await session.ListAsync("select name, position from records.feed_consumer order by name", r => new CheckedConsumer(r.GetString(0), r.GetInt64(1)), ct);
        counted = Consumers.FirstOrDefault(c => c.Consumer == counter)?.Position ?? 0;
    }

    /// <summary>Counts a version of the log, with the row before it of the same key.</summary>
    public void Count(in LogRow row, in LogRow? before)
    {
        if (row.Version.Position > counted)
        {
            return;
        }

        var was = before is { } earlier && !earlier.Is(FeedOperation.Delete);
        var change = (row.Is(FeedOperation.Delete) ? 0 : 1) - (was ? 1 : 0);
        if (change != 0)
        {
            var type = (row.Version.Tenant, row.Version.Type);
            counts[type] = counts.GetValueOrDefault(type) + change;
        }
    }

    public async Task RunAsync(long head, CancellationToken ct)
    {
        foreach (var consumer in Consumers.Where(c => c.Position > head || c.Position < 0))
        {
            findings.Add("records.feed_consumer", $"the consumer {consumer.Consumer} is at {consumer.Position}; it should be between 0 and {head}, the last position of the log.", consumer.Position);
        }

        var stored = (await session.ListAsync("select tenant, type, count from records.type_count", r => (Type: (r.GetInt32(0), r.GetInt16(1)), Count: r.GetInt64(2)), ct))
            .GroupBy(c => c.Type).ToDictionary(c => c.Key, c => c.Sum(row => row.Count));
        foreach (var type in stored.Keys.Union(counts.Keys).Order())
        {
            var (found, expected) = (stored.GetValueOrDefault(type), counts.GetValueOrDefault(type));
            if (found != expected)
            {
                findings.Add(
                    "records.type_count",
                    $"the count of {findings.Type(type.Item2)} in tenant {type.Item1} is {found}; it should be {expected}, as in the log up to position {counted} of the consumer {counter}.");
            }
        }
    }
}
