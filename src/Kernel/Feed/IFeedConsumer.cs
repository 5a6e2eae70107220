using Npgsql;

namespace Salus.Kernel;

/// <summary>
/// Reads the resource log in order, from a saved position. Register with <c>services.AddSingleton&lt;IFeedConsumer, X&gt;()</c>;
/// the module that owns the log calls it.
/// </summary>
public interface IFeedConsumer
{
    /// <summary>A stable name, such as <c>monitoring.beds</c>: the key of the saved position. A new name starts at the beginning of the log.</summary>
    string Name { get; }

    /// <summary>False when <see cref="FeedEvent.Body"/> is not looked at: it is then not read, and empty. Bodies are most of the log.</summary>
    bool NeedsBody => true;

    /// <summary>The types whose bodies are looked at, where <see cref="NeedsBody"/>; those of other types are not read, and empty. Null for all.</summary>
    IReadOnlyCollection<string>? BodyTypes => null;

    /// <summary>True when it makes, empties or drops tables: its connection is then the owner's.</summary>
    bool OwnsTables => false;

    /// <summary>
    /// Handles events, in order. What it writes through <paramref name="transaction"/> is committed together with the new position, so it happens
    /// exactly once. Anything else it does (a message, a file) can happen more than once and has to be repeatable: the same events come again
    /// when the process dies, or when this throws. It may not leave the transaction idle for more than 30 seconds: then the database takes it for lost.
    /// </summary>
    Task HandleAsync(IReadOnlyList<FeedEvent> events, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct);

    /// <summary>Called after what <see cref="HandleAsync"/> did and the new position were committed. Not called when that failed; the same events come again then.</summary>
    void Committed()
    {
    }
}
