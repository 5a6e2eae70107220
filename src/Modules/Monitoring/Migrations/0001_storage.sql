-- What devices measured. Samples are not rows: docs/adr/0019-device-samples.md says why. Values are thousandths of the metric's unit.

-- One measured thing of one device at one patient. "until" is the newest time that is in blocks: what is newer cannot be there twice.
create table monitoring.series (
    number int generated always as identity primary key,
    tenant int not null,
    metric smallint not null,
    partition smallint not null,
    patient text not null,
    device text not null,
    until timestamptz,
    unique (tenant, patient, device, metric)
);

-- One row for each partition of patients in a commit, the samples encoded (Storage/JournalCodec.cs). Read once, after a crash. An hour's table is dropped when all of it is in blocks.
create table monitoring.journal (
    seq bigint not null,
    at timestamptz not null,
    epoch int not null,
    partition smallint not null,
    data bytea not null
) partition by range (at);
-- For a clock that leaps beyond the tables made ahead.
create table monitoring.journal_other partition of monitoring.journal default;

-- Up to which row of the journal a partition's samples are in blocks.
create table monitoring.flushed (
    partition smallint primary key,
    seq bigint not null
);

-- A run of samples of a series within one day of UTC, encoded (Storage/SampleEncoder.cs). Runs may overlap: late samples make one of their own.
create table monitoring.block (
    start timestamptz not null,
    until timestamptz not null,
    tenant int not null,
    series int not null,
    samples int not null,
    data bytea not null
) partition by range (start);
create index block_series on monitoring.block (series, start);

-- Aggregates of all samples in blocks. "sum" is exact, so it does not matter in which order they came.
create table monitoring.minute (
    at timestamptz not null,
    last_at timestamptz not null,
    sum bigint not null,
    tenant int not null,
    series int not null,
    min int not null,
    max int not null,
    count int not null,
    last int not null,
    primary key (series, at)
) partition by range (at);
create table monitoring.hour (like monitoring.minute including all) partition by range (at);

-- Makes a table that is missing. Its name tells where it begins; how long it is, Storage/StorageTables.cs says.
create function monitoring.make(kind text, low timestamptz, high timestamptz) returns void language plpgsql as $$
declare
    name text := format('%s_%s', kind, to_char(low at time zone 'UTC', 'YYYYMMDDHH24'));
begin
    if to_regclass('monitoring.' || name) is not null then
        return;
    end if;
    execute format('create table monitoring.%I partition of monitoring.%I for values from (%L) to (%L)', name, kind, low, high);
    if kind = 'journal' then
        -- Dropped within hours: nothing to clean up.
        execute format('alter table monitoring.%I set (autovacuum_enabled = false)', name);
    else
        execute format('alter table monitoring.%I enable row level security', name);
    end if;
    if kind in ('journal', 'block') then
        -- Encoded already: to compress it once more costs more than it saves.
        execute format('alter table monitoring.%I alter column data set storage external', name);
    end if;
end $$;
