using Npgsql;
using Salus.Kernel;

namespace Salus.Records.Storage;

/// <summary>What goes wrong with the database, in words for a caller.</summary>
internal static class Failures
{
    public static Failure Stopping() =>
        new(FailureKind.Unavailable, "transient", "Salus is stopping. Nothing of this request was stored; send it again in a moment.");

    /// <summary>True when the database itself is away, full or stopping, rather than refusing one statement.</summary>
    public static bool IsAway(Exception e) => e switch
    {
        PostgresException refused => refused.SqlState[..2] is "08" or "53" or "57" or "58" or "XX",
        _ => e is NpgsqlException or TimeoutException or IOException,
    };

    public static Failure OfDatabase(Exception e) => e switch
    {
        PostgresException { SqlState: "53100" } =>
            new Failure(FailureKind.Unavailable, "transient", "The disk of the database is full. Nothing of this request was stored; free space on it, then send it again."),
        PostgresException refused when !IsAway(refused) =>
            new Failure(FailureKind.Invalid, "processing", $"The database refuses a value ({refused.SqlState}: {refused.MessageText}). Nothing of this request was stored."),
        _ => new Failure(
            FailureKind.Unavailable, "transient", "The database is away. Whether this request was stored is not known; ask for the resource, or send the request again with the same id."),
    };
}
