using Salus.Fhir.Definitions;
using Salus.Fhir.Search;
using Salus.Kernel;
using Salus.Records.Sealing;

namespace Salus.Records.Storage;

/// <summary>One prepared write: the bytes to store and what they are found by. Made outside the commit, so that the commit itself is short.</summary>
/// <param name="Operation">What it does to the record.</param>
/// <param name="Type">The resource type.</param>
/// <param name="Id">The logical id.</param>
/// <param name="Expected">The version that must be current for the write to hold, deleted versions included; 0 when the resource must be new.</param>
/// <param name="Fresh">True when the id was just made by the server, so that nobody else can have written it.</param>
internal sealed record PendingWrite(FeedOperation Operation, TypeDefinition Type, string Id, int Expected, bool Fresh)
{
    /// <summary>The JSON as it is answered; empty for a deletion.</summary>
    public Memory<byte> Body { get; init; }

    /// <summary>The form in which it is stored, where some of its values are sealed; otherwise null, and <see cref="Body"/> is stored.</summary>
    public SealedForm? Sealed { get; init; }

    /// <summary>The JSON that is stored.</summary>
    public ReadOnlyMemory<byte> Stored => Sealed?.Document.Utf8 ?? Body;

    /// <summary>Where the time stamp stands in <see cref="Body"/>.</summary>
    public int StampOffset { get; init; }

    /// <summary>What the resource is found by; made again when the search parameters changed before the commit.</summary>
    public IndexEntry Index { get; set; } = IndexEntry.None;

    /// <summary>The texts it is found by.</summary>
    public List<IndexedString> Strings => Index.Strings;

    /// <summary>What the resource is found by otherwise.</summary>
    public SearchValues Values => Index.Values;

    /// <summary>By what policy it was found good.</summary>
    public ValidationPolicy Checked { get; init; }

    public int Version => Expected + 1;
}

/// <summary>A stored write: where and when.</summary>
internal readonly record struct Committed(long Position, int Version, DateTimeOffset At);

/// <summary>Writes that hold together or not at all.</summary>
internal sealed class WriteSet(Caller caller, IReadOnlyList<PendingWrite> writes)
{
    private readonly TaskCompletionSource<Outcome<Committed[]>> done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Caller Caller { get; } = caller;

    public IReadOnlyList<PendingWrite> Writes { get; } = writes;

    /// <summary>What else has to hold: conditional creates, those that found their resource included.</summary>
    public IReadOnlyList<WriteCondition> Conditions { get; init; } = [];

    /// <summary>When it was made, in milliseconds of <see cref="Environment.TickCount64"/>.</summary>
    public long Since { get; } = Environment.TickCount64;

    /// <summary>Completes after the durable commit, or with the reason why there was none. A <see cref="FailureKind.Conflict"/> means that an expected version was not current.</summary>
    public Task<Outcome<Committed[]>> Done => done.Task;

    public void Complete(Outcome<Committed[]> outcome) => done.TrySetResult(outcome);
}
