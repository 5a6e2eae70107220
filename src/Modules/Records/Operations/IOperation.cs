using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Http;

namespace Salus.Records.Operations;

/// <summary>
/// An operation (http://hl7.org/fhir/R4/operations.html): a class in a file of its own. <c>services.AddSingleton&lt;IOperation, X&gt;()</c> is all that
/// registers it: routes, parameters, errors and the CapabilityStatement follow from <see cref="Definition"/>.
/// </summary>
internal interface IOperation
{
    OperationDefinition Definition { get; }

    /// <summary>Runs one call, whose parameters are already known to be of the names, types and numbers of <see cref="Definition"/>.</summary>
    Task<Outcome<Reply>> RunAsync(OperationCall call);
}

/// <summary>One call of an operation.</summary>
/// <param name="Caller">Who asks.</param>
/// <param name="Type">The type in the path; null at the level of the system.</param>
/// <param name="Id">The id in the path, not checked for existence; null at the levels above.</param>
/// <param name="Parameters">What it was called with, by URL and body together.</param>
/// <param name="Address">The FHIR base as the client sees it.</param>
/// <param name="Stop">Ends it.</param>
internal sealed record OperationCall(Caller Caller, TypeDefinition? Type, string? Id, OperationParameters Parameters, string Address, CancellationToken Stop)
{
    /// <summary>The name and value pairs of the URL, for operations that hand them on, such as paging links.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Query { get; init; } = [];

    /// <summary>Whether the caller takes the answer later: <c>Prefer: respond-async</c>.</summary>
    public bool RespondAsync { get; init; }

    public OperationLevels Level => Type is null ? OperationLevels.System : Id is null ? OperationLevels.Type : OperationLevels.Instance;
}
