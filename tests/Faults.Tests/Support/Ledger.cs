using System.Collections.Concurrent;

namespace Salus.Faults.Tests.Support;

/// <summary>What a client knows about one of its writes.</summary>
internal enum Fate
{
    /// <summary>No answer, or one that says that nobody knows.</summary>
    Unknown,

    /// <summary>Answered with success.</summary>
    Acknowledged,

    /// <summary>Answered with "nothing was stored".</summary>
    Denied,
}

/// <summary>A stored version, as the server named it.</summary>
internal readonly record struct Version(string Type, string Id, int Number)
{
    /// <summary>From a Location such as <c>http://host/fhir/Patient/1/_history/3</c>, absolute or not.</summary>
    public static Version Parse(string location)
    {
        var parts = location.Split('/');
        return new Version(parts[^4], parts[^3], int.Parse(parts[^1], System.Globalization.CultureInfo.InvariantCulture));
    }
}

/// <summary>One request of a client. All resources in it carry its marker as identifier.</summary>
/// <param name="Marker">Unique.</param>
/// <param name="Types">Types of the resources in it; the first is a Patient.</param>
/// <param name="Target">The id that the client chose; null when the server gives it.</param>
internal sealed record ClientWrite(string Marker, IReadOnlyList<string> Types, string? Target)
{
    public Fate Fate { get; set; }

    /// <summary>What was acknowledged, in the order of <see cref="Types"/>.</summary>
    public IReadOnlyList<Version> Stored { get; set; } = [];
}

/// <summary>All writes of the clients of one round, whatever became of them.</summary>
internal sealed class Ledger
{
    private readonly ConcurrentQueue<ClientWrite> writes = new();
    private readonly ConcurrentQueue<string> surprises = new();
    private readonly ConcurrentQueue<string> refusals = new();
    private int acknowledged;

    public IReadOnlyList<ClientWrite> Writes => [.. writes];

    public int Acknowledged => Volatile.Read(ref acknowledged);

    /// <summary>Messages of all answers with 503.</summary>
    public IReadOnlyList<string> Refusals => [.. refusals];

    /// <summary>Answers that no fault explains.</summary>
    public IReadOnlyList<string> Surprises => [.. surprises];

    public void Begin(ClientWrite write) => writes.Enqueue(write);

    public void Acknowledge(ClientWrite write, IReadOnlyList<Version> stored)
    {
        write.Stored = stored;
        write.Fate = Fate.Acknowledged;
        Interlocked.Increment(ref acknowledged);
    }

    public void Refuse(ClientWrite write, string message)
    {
        write.Fate = message.Contains("Nothing of this request was stored", StringComparison.Ordinal) ? Fate.Denied : Fate.Unknown;
        refusals.Enqueue(message);
    }

    public void Surprise(string what) => surprises.Enqueue(what);

    public string Summary() =>
        $"{writes.Count} sent, {acknowledged} acknowledged, {writes.Count(w => w.Fate == Fate.Denied)} denied, {writes.Count(w => w.Fate == Fate.Unknown)} unknown";
}
