using Microsoft.Extensions.Options;
using Npgsql;
using Salus.Kernel;
using Salus.Records.Jobs;

namespace Salus.Records.Import.Bulk;

/// <summary>Opens what an import reads.</summary>
internal sealed class ImportSources(ImportWeb web, IObjectStore store, ImportPlaces places, JobSignal signal, IOptions<RecordsOptions> options, TimeProvider time)
{
    public TimeProvider Time => time;

    /// <summary>A job that this process holds by a connection.</summary>
    public ImportSession Session(Job job, NpgsqlConnection connection) => new(job, connection, web, store, signal, options.Value.MaxBodyBytes);

    /// <summary>Null, or why an input is not read that was allowed when it was asked for, by other settings.</summary>
    public string? Refuse(ImportInput input) => input.Object is null ? places.Refuse(input.Url) : null;
}
