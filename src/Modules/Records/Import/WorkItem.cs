using Salus.Fhir.Json;

namespace Salus.Records.Import;

/// <summary>An entry of a work item's bundle, and where it came from.</summary>
/// <param name="Type">Of the resource; of the address when there is none.</param>
/// <param name="Id">The id that the source gives it.</param>
/// <param name="Entry">Its index in a bundle of the source; null when the importer made the bundle.</param>
/// <param name="IsResource">False for DELETE and GET, which count as nothing.</param>
/// <param name="Key"><c>Type/id</c> of what it writes to; null when the server chooses the id.</param>
internal sealed record WorkEntry(string Type, string? Id, string File, int? Line, int? Entry, bool IsResource, string? Key);

/// <summary>A bundle to send, with what was rejected on the way to it. Its number is the same in every run over unchanged sources.</summary>
internal sealed record WorkItem(int Number)
{
    /// <summary>FHIR JSON; empty when everything was rejected while reading.</summary>
    public ReadOnlyMemory<byte> Bundle { get; init; }

    /// <summary><see cref="Bundle"/> as it was read; null when the importer made it.</summary>
    public ResourceDocument? Document { get; init; }

    /// <summary>In the order of the bundle.</summary>
    public IReadOnlyList<WorkEntry> Entries { get; init; } = [];

    /// <summary>What never got into a bundle.</summary>
    public IReadOnlyList<ImportRejection> Rejections { get; init; } = [];

    /// <summary>True for a transaction: stored whole or not at all.</summary>
    public bool Atomic { get; init; }

    /// <summary>True when the importer made the bundle from single resources.</summary>
    public bool Composed { get; init; }

    /// <summary>
    /// How to find out whether a transaction of unknown fate was stored: types and <c>system|value</c> of resources that it creates, at most 10.
    /// </summary>
    public IReadOnlyList<(string Type, string Token)> Traces { get; init; } = [];

    /// <summary>True when sending it twice does not store resources twice.</summary>
    public bool Repeatable => Entries.All(e => e.Key is not null || !e.IsResource);

    public int Resources => Entries.Count(e => e.IsResource);
}
