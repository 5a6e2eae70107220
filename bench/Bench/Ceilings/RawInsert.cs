using System.Diagnostics;
using Npgsql;
using NpgsqlTypes;

namespace Salus.Bench.Ceilings;

/// <param name="PerSecond">Resources.</param>
internal sealed record RawInsertSpeed(int Group, long Resources, double PerSecond, double WalBytes, double PostgresCpuMicroseconds);

/// <summary>
/// What the database can take at most from one connection: two bodies and six index rows for a resource (three tokens, two references, a date, each table with one
/// index), as <c>insert ... select from unnest</c>, a durable commit for each group. No parsing, no validation, no check of versions.
/// </summary>
internal sealed class RawInsert(NpgsqlConnection connection, IReadOnlyList<byte[]> bodies, Func<double> cpu)
{
    private const string Tables =
        """
        create schema if not exists bench_ceiling;
        drop table if exists bench_ceiling.history, bench_ceiling.current, bench_ceiling.token, bench_ceiling.reference, bench_ceiling.date;
        create table bench_ceiling.history (position bigint primary key, id text collate "C", body bytea);
        create table bench_ceiling.current (id text collate "C" primary key, position bigint, body bytea);
        create table bench_ceiling.token (parameter int, code text collate "C", system int, key bigint);
        create index on bench_ceiling.token (parameter, code, system, key);
        create table bench_ceiling.reference (parameter int, target text collate "C", key bigint);
        create index on bench_ceiling.reference (parameter, target, key);
        create table bench_ceiling.date (parameter int, low bigint, high bigint, key bigint);
        create index on bench_ceiling.date (parameter, low, high, key);
        alter table bench_ceiling.history alter column body set storage external;
        alter table bench_ceiling.current alter column body set storage external;
        """;

    private long position;

    /// <summary>Inserts for that long, over and over the same bodies under new ids.</summary>
    public async Task<RawInsertSpeed> RunAsync(int group, TimeSpan duration)
    {
        await ExecuteAsync(Tables);
        await InsertAsync(group);
        var (wal, before, first, started) = (await WalAsync(), cpu(), position, Stopwatch.GetTimestamp());
        while (Stopwatch.GetElapsedTime(started) < duration)
        {
            await InsertAsync(group);
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var resources = position - first;
        var speed = new RawInsertSpeed(group, resources, resources / seconds, (await WalAsync() - wal) / (double)resources, (cpu() - before) * 1e6 / resources);
        await ExecuteAsync("drop schema bench_ceiling cascade");
        return speed;
    }

    private async Task InsertAsync(int group)
    {
        var positions = new long[group];
        var (ids, patients, codes, texts) = (new string[group], new string[group], new string[group], new byte[group][]);
        for (var i = 0; i < group; i++, position++)
        {
            positions[i] = position;
            ids[i] = $"016f5e66-e800-73ec-b024-{position:x12}";
            patients[i] = $"016f5e66-e800-73ec-b024-{position / 100:x12}";
            codes[i] = $"{position % 97}-4";
            texts[i] = bodies[(int)(position % bodies.Count)];
        }

        await using var batch = new NpgsqlBatch(connection);
        Add(batch, "insert into bench_ceiling.history select * from unnest($1, $2, $3)", Longs(positions), Texts(ids), Bytes(texts));
        Add(batch, "insert into bench_ceiling.current select * from unnest($1, $2, $3)", Texts(ids), Longs(positions), Bytes(texts));
        Add(batch, "insert into bench_ceiling.token select p, case p when 1 then c else 'final' end, p, k from unnest($1, $2) x (c, k), (values (1), (2), (3)) n (p)", Texts(codes), Longs(positions));
        Add(batch, "insert into bench_ceiling.reference select p, t, k from unnest($1, $2) x (t, k), (values (1), (2)) n (p)", Texts(patients), Longs(positions));
        Add(batch, "insert into bench_ceiling.date select 1, k * 1000000, k * 1000000 + 1, k from unnest($1) x (k)", Longs(positions));
        await using var transaction = await connection.BeginTransactionAsync();
        batch.Transaction = transaction;
        await batch.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
    }

    private static void Add(NpgsqlBatch batch, string sql, params NpgsqlParameter[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.AddRange(values);
        batch.BatchCommands.Add(command);
    }

    private static NpgsqlParameter Longs(long[] values) => new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint, Value = values };

    private static NpgsqlParameter Texts(string[] values) => new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text, Value = values };

    private static NpgsqlParameter Bytes(byte[][] values) => new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea, Value = values };

    private async Task<long> WalAsync()
    {
        await using var command = new NpgsqlCommand("select pg_current_wal_insert_lsn()", connection);
        return (long)(ulong)(NpgsqlLogSequenceNumber)(await command.ExecuteScalarAsync())!;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
