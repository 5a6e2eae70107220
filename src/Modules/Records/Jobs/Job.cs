using Salus.Kernel;

namespace Salus.Records.Jobs;

/// <summary>A row of <c>records.job</c>: work that one request asked for and that is answered later.</summary>
/// <param name="Id">A secret.</param>
/// <param name="Kind">Which <see cref="IJobKind"/> works on it.</param>
/// <param name="Caller">Who asked, with what they may do now; nothing when they may not act any more.</param>
/// <param name="Url">What was asked, as the client wrote it.</param>
/// <param name="Request">The same as its kind understands it.</param>
/// <param name="State">running, done, failed or cancelled.</param>
/// <param name="Position">The last position of the log when it was asked for.</param>
/// <param name="At">The time of that position.</param>
/// <param name="Step">The step it is at, from 0; <paramref name="Steps"/> when it is done.</param>
/// <param name="After">How far it is in that step, in the words of its kind.</param>
/// <param name="Part">The number of the next file.</param>
/// <param name="Count">Resources so far.</param>
/// <param name="Rejected">What was refused so far.</param>
/// <param name="Bytes">What was read or written so far.</param>
internal sealed record Job(
    string Id, string Kind, Caller Caller, string Url, string Request, string State, long Position, DateTime At, int Step, int Steps, string After, int Part, long Count, long Rejected, long Bytes,
    string? Error, DateTime Expires);

/// <summary>A file of a job that is whole.</summary>
/// <param name="Name">The last part of its address.</param>
/// <param name="Kind">output, deleted, error or result.</param>
/// <param name="Type">The type of the resources in it.</param>
internal sealed record JobFile(int Part, string Name, string Kind, string Type, long Count, long Bytes)
{
    /// <summary>Where a file of a job is in the object store.</summary>
    public static string ObjectName(Job job, string file) => $"{job.Kind}/{job.Id}/{file}";
}
