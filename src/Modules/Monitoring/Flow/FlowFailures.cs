using System.Globalization;
using Salus.Kernel;

namespace Salus.Monitoring.Flow;

/// <summary>Why samples were not taken, in words for a device's gateway.</summary>
internal static class FlowFailures
{
    private const string SendAgain = "Send them again in a moment: what was stored after all is then a duplicate, and dropped.";

    public static Failure TooMuch(int limit) => new(
        FailureKind.Busy, "throttled", string.Create(CultureInfo.InvariantCulture, $"More than {limit:N0} samples wait to be stored. Nothing of these was; send them again in a second, or more slowly."));

    public static Failure Stopping() => new(FailureKind.Unavailable, "transient", "Salus is stopping. Nothing of these samples was stored; send them again in a moment.");

    public static Failure Overtaken() => new(
        FailureKind.Unavailable, "transient", "Another Salus process on this database has begun to take samples, and this one does not any more. Nothing of these was stored; send them to that one, or restart this one.");

    public static Failure Moved(int partition) => new(FailureKind.Unavailable, "transient", $"Partition {partition} of patients has gone to another process. Nothing of these samples was stored here.");

    public static Failure Again() => new(FailureKind.Unavailable, "transient", "A partition of patients has gone to another process. Nothing of these samples was stored; those of other partitions are taken at once.");

    public static Failure BrokerAway() => new(
        FailureKind.Unavailable, "transient", "The broker, which has to confirm samples, is away or did not take them all. Send all of them again in a moment: what was stored after all is then a duplicate, and dropped.");

    public static Failure Away() => new(FailureKind.Unavailable, "transient", $"The database is away. {SendAgain}");

    public static Failure NoAnswer() => new(FailureKind.Unavailable, "transient", "The database does not answer. Nothing of these samples was stored; send them again in a moment.");

    public static Failure DiskFull() => new(FailureKind.Unavailable, "transient", "The disk of the database is full. Nothing of these samples was stored; free space on it, then send them again.");

    public static Failure OfSalus() => new(FailureKind.Unavailable, "exception", $"Salus could not store these samples because of an error of its own; the log has the details. {SendAgain}");
}
