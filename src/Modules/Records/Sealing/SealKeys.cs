using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Salus.Fhir.Definitions;
using Salus.Fhir.Search;
using Salus.Kernel;

namespace Salus.Records.Sealing;

/// <summary>
/// Rules and keys of this process. The key file is looked at again when it changes, so that a rotation needs no restart; the record knows of every key by a proof, so that a lost or
/// wrong one is found before anything is written with another. Safe for all threads.
/// </summary>
internal sealed class SealKeys(IOptions<SealedOptions> options, Database database, FhirDefinitions definitions, SearchParameterSet parameters, TimeProvider time, ILogger<SealKeys> log)
{
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(1);

    private readonly Lock turn = new();
    private volatile KeyRing? ring;
    private volatile SealRules? rules;
    private KeyFile? file;
    private long stamp;
    private long looked;

    /// <summary>What is sealed; null for nothing, also where there are no keys.</summary>
    public SealRules? Rules => ring is null ? null : rules;

    public bool PlainInViews => options.Value.PlainInViews;

    public bool Reseals => options.Value.Reseal;

    /// <summary>Where the keys are; null when they are given as secrets, or nowhere.</summary>
    public KeyFile? File => file;

    public KeyRing Ring => Current() ?? throw new InvalidOperationException("There are no keys.");

    public bool Any => ring is not null;

    /// <summary>What values are sealed by: rules and newest keys.</summary>
    public string Target => $"{Rules?.Digest ?? "none"} {(ring is null ? "none" : $"{Ring.Newest.Id} {Ring.Hashes[^1].Id}")}";

    /// <summary>The key of a stored value.</summary>
    /// <exception cref="UnsealedException">It is not there.</exception>
    public SealKey Find(string id, SealPlace place) => Current()?.Find(id) ?? Reload()?.Find(id) ?? throw new UnsealedException(
        $"{place.Type}/{place.Id} has a value that is sealed with key '{id}', which is not in {Place}. Put that key back from its backup; without it the value is lost.");

    private string Place => file?.Path ?? (options.Value.Keys is null ? "any key file, because none is configured" : "Salus:Records:Sealed:Keys");

    /// <summary>Reads rules and keys, without asking the record: for commands that only read.</summary>
    /// <exception cref="CannotStartException">They cannot be read.</exception>
    public void Load()
    {
        rules = SealRules.Of(options.Value, definitions, parameters);
        if (options.Value.Keys is { Length: > 0 } values)
        {
            ring = new KeyRing(KeyFile.Parse(values, "Salus:Records:Sealed:Keys"), KeyFile.Parse(options.Value.HashKeys, "Salus:Records:Sealed:HashKeys"));
        }
        else if (options.Value.KeyFile is { Length: > 0 } named)
        {
            file = new KeyFile(Path.GetFullPath(named));
            Reload();
        }
        else if (database.Folder is { } folder)
        {
            file = new KeyFile(FileIn(folder));
            if (file.Exists)
            {
                Reload();
            }
        }
    }

    /// <summary>The same at the start of a server: makes the first keys, and compares them with those that the record knows.</summary>
    /// <exception cref="CannotStartException">A key of the record is missing or another one.</exception>
    public async Task StartAsync(CancellationToken ct)
    {
        Load();
        await using var connection = await database.Source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await LockAsync(connection, ct);
        var known = await KnownAsync(connection, ct);
        if (ring is null && known.Count > 0)
        {
            throw new CannotStartException($"The record has values that are sealed with key '{known[0].Id}', and there is no key file{(file is null ? "" : $" {file.Path}")}. Bring it back from its backup, or name it with Salus:Records:Sealed:KeyFile.");
        }

        if (ring is null && rules is not null)
        {
            if (file is null)
            {
                // An outside database and no folder: nothing is lost silently, because nothing is sealed.
                RecordsLog.NothingSealed(log);
            }
            else
            {
                Add(file, new KeyRing([], []), value: true, hash: true, time);
                Reload();
            }
        }

        // One that is named is somebody else's to keep.
        if (file is not null && options.Value.KeyFile is not { Length: > 0 })
        {
            PrivateFolder.Watch(Path.GetDirectoryName(file.Path)!, log);
        }

        if (ring is { } keys)
        {
            await RegisterAsync(keys, known, connection, ct);
        }

        await transaction.CommitAsync(ct);
    }

    /// <summary>Makes the record know all keys of now, before one of them seals anything.</summary>
    /// <exception cref="CannotStartException">A key of the record is missing or another one.</exception>
    public async Task RegisterAsync(CancellationToken ct)
    {
        await using var connection = await database.Source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await LockAsync(connection, ct);
        await RegisterAsync(Ring, await KnownAsync(connection, ct), connection, ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Takes keys out of the file.</summary>
    public void Remove(string purpose, string id)
    {
        var keep = new KeyRing(
            [.. Ring.Values.Where(k => purpose != KeyRing.ForValues || k.Id != id)], [.. Ring.Hashes.Where(k => purpose != KeyRing.ForHashes || k.Id != id)]);
        file!.Write(keep);
        Reload();
    }

    /// <summary>Adds keys to a file, with names that it does not have, and gives the name of the last one.</summary>
    public static string Add(KeyFile file, KeyRing old, bool value, bool hash, TimeProvider time)
    {
        SealKey New(IReadOnlyList<SealKey> keys, string letter) => SealKey.New(Enumerable.Range(1, keys.Count + 1)
            .Select(n => $"{letter}{time.GetUtcNow():yyyyMMdd}{(n == 1 ? "" : $"-{n}")}").First(id => keys.All(k => k.Id != id)));
        var next = new KeyRing(value ? [.. old.Values, New(old.Values, "k")] : old.Values, hash ? [.. old.Hashes, New(old.Hashes, "h")] : old.Hashes);
        file.Write(next);
        return value ? next.Newest.Id : next.Hashes[^1].Id;
    }

    /// <summary>Where the keys are in a data folder.</summary>
    public static string FileIn(string folder) => Path.Combine(folder, "keys", "sealing.json");

    private KeyRing? Current()
    {
        var now = time.GetTimestamp();
        if (file is not null && time.GetElapsedTime(Interlocked.Read(ref looked), now) > Glance)
        {
            Interlocked.Exchange(ref looked, now);
            if (file.Stamp != Interlocked.Read(ref stamp))
            {
                Reload();
            }
        }

        return ring;
    }

    // A file that cannot be read at this moment, such as one that an editor has open, must not take away the keys that are known.
    private KeyRing? Reload()
    {
        lock (turn)
        {
            if (file is null)
            {
                return ring;
            }

            try
            {
                var changed = file.Stamp;
                ring = file.Read();
                Interlocked.Exchange(ref stamp, changed);
            }
            catch (CannotStartException e) when (ring is not null)
            {
                RecordsLog.KeysUnreadable(log, e.Message);
            }

            return ring;
        }
    }

    private static async Task LockAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select pg_advisory_xact_lock(hashtextextended('salus.records.seal_key', 0))", connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task<List<(string Purpose, string Id, string Proof)>> KnownAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select purpose, id, proof from records.seal_key order by purpose desc, since", connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var known = new List<(string, string, string)>();
        while (await reader.ReadAsync(ct))
        {
            known.Add((reader.GetString(0), reader.GetString(1), reader.GetString(2)));
        }

        return known;
    }

    private async Task RegisterAsync(KeyRing keys, List<(string Purpose, string Id, string Proof)> known, NpgsqlConnection connection, CancellationToken ct)
    {
        var own = keys.All.ToDictionary(k => (k.Purpose, k.Key.Id), k => k.Key.Proof(k.Purpose));
        foreach (var (purpose, id, proof) in known)
        {
            if (!own.TryGetValue((purpose, id), out var found))
            {
                throw new CannotStartException($"The record has values that are sealed with the {purpose} key '{id}', which is not in {Place}. Put that key back from its backup.");
            }

            if (found != proof)
            {
                throw new CannotStartException($"The {purpose} key '{id}' in {Place} is another one than the record was sealed with. Put the right one back from its backup, or name the right file.");
            }
        }

        await using var insert = new NpgsqlCommand("insert into records.seal_key (purpose, id, proof) select * from unnest($1, $2, $3) on conflict do nothing", connection);
        insert.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. own.Keys.Select(k => k.Purpose)] });
        insert.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. own.Keys.Select(k => k.Id)] });
        insert.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. own.Values] });
        await insert.ExecuteNonQueryAsync(ct);
    }
}
