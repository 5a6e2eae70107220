namespace Salus.Monitoring;

/// <summary>Samples of one partition of patients, on their way to the process that has it.</summary>
/// <param name="Partition">From 0 to 63.</param>
/// <param name="Bytes">For <see cref="PartitionInlet.TakeAsync"/>; must not change until it is published.</param>
public readonly record struct PartitionMessage(int Partition, ReadOnlyMemory<byte> Bytes);

/// <summary>The queues of a broker that join the processes which share the patients: one for each partition. Safe for all threads.</summary>
public interface IPartitionQueues
{
    /// <summary>Whether there is a broker at all.</summary>
    bool IsConfigured { get; }

    /// <summary>Whether it would take something now.</summary>
    bool IsReady { get; }

    /// <summary>True when the broker has confirmed every one of them; false when that is not known of some: then all are to be sent again. Never throws.</summary>
    ValueTask<bool> PublishAsync(IReadOnlyList<PartitionMessage> messages);

    /// <summary>Tells all other processes something, once: who does not listen misses it.</summary>
    /// <exception cref="IOException">The broker is away.</exception>
    Task TellAsync(ReadOnlyMemory<byte> news);
}
