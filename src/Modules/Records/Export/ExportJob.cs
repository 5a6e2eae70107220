using Salus.Kernel;
using Salus.Records.Jobs;

namespace Salus.Records.Export;

/// <summary>A job that is an export. Its steps are the types, by their place in the request, and behind them all what was deleted.</summary>
internal sealed record ExportJob(Job Job, ExportRequest Request)
{
    public Caller Caller => Job.Caller;

    /// <summary>The record is exported as it was at this position of the log.</summary>
    public long Position => Job.Position;

    /// <summary>The last id that is done.</summary>
    public string After => Job.After;

    public static ExportJob Of(Job job) => new(job, ExportRequest.FromJson(job.Request));
}
