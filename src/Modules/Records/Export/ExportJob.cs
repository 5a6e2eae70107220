using Salus.Kernel;

namespace Salus.Records.Export;

/// <summary>A row of <c>records.job</c>.</summary>
/// <param name="Id">A secret: who knows it may read the result.</param>
/// <param name="Position">The record is exported as it was at this position of the log.</param>
/// <param name="At">The time of that position.</param>
/// <param name="Step">The type it is at, by its place in the request; behind them all, what was deleted.</param>
/// <param name="After">The last id, or position of a deletion, that is done.</param>
/// <param name="Part">The number of the next file.</param>
/// <param name="Exported">Resources so far.</param>
internal sealed record ExportJob(
    string Id, Caller Caller, string Url, ExportRequest Request, string State, long Position, DateTime At, int Step, string After, int Part, long Exported, string? Error, DateTime Expires)
{
    /// <summary>Steps in all: the types and, where a time is given, what was deleted.</summary>
    public int Steps => Request.Types.Count + (Request.Since is null ? 0 : 1);
}

/// <summary>A file of a job that is whole.</summary>
/// <param name="Name">The last part of its address.</param>
/// <param name="Kind">output or deleted.</param>
/// <param name="Type">The type of the resources in it.</param>
internal sealed record ExportFile(int Part, string Name, string Kind, string Type, long Count, long Bytes)
{
    /// <summary>Where it is in the object store.</summary>
    public static string ObjectName(string job, string file) => $"export/{job}/{file}";
}
