using Salus.Fhir.Json;
using Salus.Kernel;

namespace Salus.Records.Import;

/// <summary>What a target said to a bundle or a search.</summary>
/// <param name="Status">HTTP status; 503 also when nothing answered.</param>
/// <param name="Body">A response bundle or OperationOutcome.</param>
/// <param name="Message">Why there is no proper answer; null when there is one.</param>
/// <param name="RetryAfter">When the target asks to be tried again.</param>
/// <param name="Lost">True when the target is gone for good: asking again is in vain.</param>
internal sealed record TargetAnswer(int Status, ReadOnlyMemory<byte> Body, string? Message = null, TimeSpan? RetryAfter = null, bool Lost = false);

/// <summary>Where an import goes. Safe for all threads.</summary>
internal interface IImportTarget : IDisposable
{
    /// <summary>Tells this target from others, for the journal.</summary>
    string Name { get; }

    /// <summary>The most bytes of one bundle.</summary>
    int MaxBytes { get; }

    /// <summary>Null, or why nothing can be sent to it.</summary>
    Task<Failure?> CheckAsync(CancellationToken ct);

    /// <summary>Runs a batch or transaction.</summary>
    /// <param name="document">The same bundle as it was read from the source; null when it was made since.</param>
    Task<TargetAnswer> SendAsync(ReadOnlyMemory<byte> bundle, ResourceDocument? document, CancellationToken ct);

    /// <summary>True when one question shows that all of these are found; false when it is not known.</summary>
    Task<bool> HasAllAsync(IReadOnlyList<(string Type, string Id)> resources);

    /// <summary>Searches one type.</summary>
    Task<TargetAnswer> SearchAsync(string type, IReadOnlyList<KeyValuePair<string, string>> query, CancellationToken ct);
}
