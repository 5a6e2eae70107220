using Salus.Kernel;
using Salus.Records.Http;

namespace Salus.Records.Jobs;

/// <summary>What works on the jobs of one kind. The runner calls it from one thread at a time in each process.</summary>
internal interface IJobKind
{
    public const string Export = "export";
    public const string Import = "import";
    public const string Request = "request";

    /// <summary>One of the names above.</summary>
    string Name { get; }

    /// <summary>Lets go of what it holds for jobs that are not among these any more.</summary>
    ValueTask KeepAsync(IReadOnlyList<Job> running) => ValueTask.CompletedTask;

    /// <summary>Does the next piece, and saves how far it is; false when there is nothing to do for this process now.</summary>
    Task<bool> RunAsync(Job job, CancellationToken ct);

    /// <summary>How far it is, in at most a hundred letters.</summary>
    string Progress(Job job);

    /// <summary>The answer to who asks for a job that is done.</summary>
    /// <param name="address">The FHIR base as the client sees it.</param>
    Task<Outcome<Reply>> ResultAsync(Job job, string address, CancellationToken ct);
}
