using Npgsql;
using Salus.Kernel;
using Salus.Records.Sealing;

namespace Salus.Records.Storage;

/// <summary>What goes wrong with the database, in words for a caller.</summary>
internal static class Failures
{
    public static Failure Stopping() =>
        new(FailureKind.Unavailable, "transient", "Salus is stopping. Nothing of this request was stored; send it again in a moment.");

    /// <summary>True when the database itself is away, full or stopping, rather than refusing one statement.</summary>
    public static bool IsAway(Exception e) => e switch
    {
        // FATAL: the server has ended this session, for whatever reason. The statement was not the cause.
        PostgresException refused => refused.InvariantSeverity is "FATAL" or "PANIC" || refused.SqlState[..2] is "08" or "53" or "57" or "58" or "XX",
        _ => DatabaseFault.Is(e) && e is not UnsealedException,
    };

    /// <summary>True when the same work would fail again: neither was the database away or asks for another attempt, nor was the work given up.</summary>
    public static bool IsOfTheWork(Exception e) => e is not (OperationCanceledException or PostgresException { IsTransient: true }) && !IsAway(e);

    /// <summary>What to tell the caller of a request that failed before its commit, or whose commit is known not to have been made.</summary>
    public static Failure OfDatabase(Exception e) => e switch
    {
        UnsealedException => new Failure(FailureKind.Unavailable, "exception", e.Message),
        CommitUnknownException => new Failure(
            FailureKind.Unavailable, "transient", "The database is away. Whether this request was stored is not known; ask for the resource, or send the request again with the same id."),
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => DiskFull(),
        // Class 22 is about a value, in words without names. Whatever else the database says tells how it is built inside; its own log has that.
        PostgresException { SqlState: ['2', '2', ..] } refused =>
            new Failure(FailureKind.Invalid, "processing", $"The database refuses a value ({refused.SqlState}: {refused.MessageText}). Nothing of this request was stored."),
        PostgresException { SqlState: ['2', '3', ..] } refused when !IsAway(refused) =>
            new Failure(FailureKind.Invalid, "processing", $"The database refuses a value ({refused.SqlState}). Nothing of this request was stored."),
        PostgresException when !IsAway(e) =>
            new Failure(FailureKind.Unavailable, "exception", "The database refuses what Salus asks of it: that is a bug, or the database was changed by hand. Its log has the details."),
        _ => new Failure(
            FailureKind.Unavailable, "transient", "The database is away. Nothing of this request was stored; send it again in a moment."),
    };

    public static Failure DiskFull() =>
        new(FailureKind.Unavailable, "transient", "The disk of the database is full. Nothing of this request was stored; free space on it, then send it again.");

    /// <summary>The same for a read, which has nothing to store.</summary>
    public static Failure OfRead(Exception e) => e is UnsealedException || (e is PostgresException && !IsAway(e))
        ? OfDatabase(e)
        : new Failure(FailureKind.Unavailable, "transient", "The database is away. Ask again in a moment.");

    /// <summary>For a write that the database never saw, because it does not come to an end with those before it.</summary>
    public static Failure NoAnswer() =>
        new(FailureKind.Unavailable, "transient", "The database is away: it does not answer. Nothing of this request was stored; send it again in a moment.");
}
