using System.Buffers;
using Npgsql;
using NpgsqlTypes;
using Salus.Kernel;
using Salus.Monitoring.Storage;

namespace Salus.Monitoring.Flow;

/// <summary>Writes a commit into the journal: a row for each partition that has samples in it. Only by the writer.</summary>
internal sealed class JournalWriter(Database database, SampleOwner owner, TimeProvider time)
{
    private readonly ArrayBufferWriter<byte> encoded = new();

    /// <summary>Returns when it is durable.</summary>
    /// <exception cref="NpgsqlException">The database is away. Whether it was stored is not known then.</exception>
    public async Task WriteAsync(long seq, CommittedSamples samples)
    {
        var at = time.GetUtcNow().UtcDateTime;
        await using var connection = await database.Source.OpenConnectionAsync();
        await using var copy = await connection.BeginBinaryImportAsync("copy monitoring.journal (seq, at, epoch, partition, data) from stdin (format binary)");
        for (var partition = 0; partition < Partitions.Count; partition++)
        {
            if (Encode(samples.Of(partition)) is { IsEmpty: false } data)
            {
                await copy.StartRowAsync();
                await copy.WriteAsync(seq, NpgsqlDbType.Bigint);
                await copy.WriteAsync(at, NpgsqlDbType.TimestampTz);
                await copy.WriteAsync(owner.Epoch(partition), NpgsqlDbType.Integer);
                await copy.WriteAsync((short)partition, NpgsqlDbType.Smallint);
                await copy.WriteAsync(data, NpgsqlDbType.Bytea);
            }
        }

        await copy.CompleteAsync();
    }

    private ReadOnlyMemory<byte> Encode(ReadOnlySpan<Sample> samples)
    {
        encoded.ResetWrittenCount();
        if (!samples.IsEmpty)
        {
            JournalCodec.Write(samples, encoded);
        }

        return encoded.WrittenMemory;
    }
}
