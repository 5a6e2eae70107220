using Npgsql;
using Salus.Kernel;
using Salus.Records.Sealing;

namespace Salus.Records;

/// <summary>A key that values are sealed with, or hashed.</summary>
/// <param name="Purpose"><c>value</c> or <c>hash</c>.</param>
/// <param name="Id">Its name.</param>
/// <param name="Newest">Whether it is the one for what is written.</param>
public sealed record RecordKey(string Purpose, string Id, bool Newest);

/// <summary>The keys of sealed values, for the command line; of a record whose services run. Not for concurrent use.</summary>
public sealed class RecordKeys
{
    private readonly SealKeys keys;
    private readonly ResealBatch batch;
    private readonly Database database;

    internal RecordKeys(SealKeys keys, ResealBatch batch, Database database) => (this.keys, this.batch, this.database) = (keys, batch, database);

    /// <summary>Adds a key to the file of a data folder, whether a server runs on it or not: it seals from then on.</summary>
    /// <param name="path">The key file.</param>
    /// <param name="hash">A key of hashes instead of values.</param>
    /// <param name="time">For the name.</param>
    /// <returns>Its name.</returns>
    /// <exception cref="CannotStartException">The file is not there or cannot be written.</exception>
    public static string Rotate(string path, bool hash, TimeProvider time)
    {
        var file = new KeyFile(path);
        return SealKeys.Add(file, file.Read(), value: !hash, hash, time);
    }

    /// <summary>The keys of a file.</summary>
    /// <exception cref="CannotStartException">It cannot be read.</exception>
    public static IReadOnlyList<RecordKey> List(string path)
    {
        var ring = new KeyFile(path).Read();
        return [.. ring.All.Select(k => new RecordKey(k.Purpose, k.Key.Id, k.Key == ring.Newest || k.Key == ring.Hashes[^1]))];
    }

    /// <summary>Where the keys of a data folder are, unless a file is named.</summary>
    public static string FileIn(string folder) => SealKeys.FileIn(folder);

    /// <summary>Seals all stored versions by the rules and keys of now; goes on where an earlier run, or a server, has ended.</summary>
    /// <param name="progress">Is told how many versions are done and changed.</param>
    /// <exception cref="IOException">A value cannot be opened; the message names it.</exception>
    public async Task<(long Done, long Changed)> ResealAsync(Action<long, long> progress, CancellationToken ct)
    {
        while (await batch.StepAsync(ct) is { Finished: false } step)
        {
            progress(step.Done, step.Changed);
        }

        var end = await batch.ProgressAsync(ct);
        return (end?.Done ?? 0, end?.Changed ?? 0);
    }

    /// <summary>Takes an old key away for good, when no stored value needs it.</summary>
    /// <returns>Null, or why it stays.</returns>
    public async Task<string?> RetireAsync(string id, CancellationToken ct)
    {
        if (keys.File is null || keys.Ring.All.FirstOrDefault(k => k.Key.Id == id) is not { Key: { } key } found)
        {
            return keys.File is null ? "the keys are secrets of the environment" : $"there is no key '{id}' in {keys.File.Path}";
        }

        if (key == keys.Ring.Newest || key == keys.Ring.Hashes[^1])
        {
            return "it is the newest, which is in use. Add another one first: salus keys rotate";
        }

        if (await batch.ProgressAsync(ct) is not { Finished: true } done || done.Target != keys.Target)
        {
            return "stored values are not all sealed again. Run salus keys reseal first";
        }

        if (found.Purpose == KeyRing.ForValues && await UsesAsync(id, ct) is > 0 and var uses)
        {
            return $"{uses} stored versions still need it. Run salus keys reseal --again";
        }

        await using var command = database.Source.CreateCommand("delete from records.seal_key where purpose = $1 and id = $2");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = found.Purpose });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
        await command.ExecuteNonQueryAsync(ct);
        keys.Remove(found.Purpose, id);
        return null;
    }

    /// <summary>Makes the next run look at all stored versions, whatever was done.</summary>
    public async Task AgainAsync(CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("delete from records.reseal");
        await command.ExecuteNonQueryAsync(ct);
    }

    private async Task<long> UsesAsync(string id, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("select count(*) from records.log where position($1 in body) > 0");
        command.CommandTimeout = 0;
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = System.Text.Encoding.ASCII.GetBytes($"\"{SealedToken.Prefix}{id}~") });
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }
}
