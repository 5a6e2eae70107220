using Npgsql;

namespace Salus.Kernel;

/// <summary>What comes out of the driver of the database when the database, or the way to it, is at fault.</summary>
public static class DatabaseFault
{
    /// <summary>Whether this is one: a refused statement (<see cref="PostgresException"/>), a lost connection, no answer in time.</summary>
    public static bool Is(Exception e) => e is NpgsqlException or TimeoutException or IOException || IsOfBrokenConnection(e);

    // A connection that breaks while it is being opened can be handed out: its first command then finds parts of it disposed (seen with Npgsql 10.0.0).
    private static bool IsOfBrokenConnection(Exception e) => e is ObjectDisposedException && e.StackTrace?.Contains("   at Npgsql.", StringComparison.Ordinal) == true;
}
