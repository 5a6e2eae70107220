-- Samples as rows of a hypertable, where TimescaleDB is: for SQL, such as that of analysts. Run at every start, by the owner, in one transaction; what stands in braces is put in before.
-- In a schema of its own and without row-level security, with which TimescaleDB neither compresses nor aggregates: nobody but the owner reads it until he lets somebody.
create schema if not exists samples;
create table if not exists samples.sample (
    at timestamptz not null,
    tenant int not null,
    -- Logical ids of Patient and Device, the short name of the metric; the value in the unit of the metric.
    patient text not null,
    device text not null,
    metric text not null,
    value double precision not null,
    -- 1 implausible, 2 clock skew, 4 questionable, 8 simulated.
    flags smallint not null
);
select create_hypertable('samples.sample', 'at', chunk_time_interval => interval '1 day', create_default_indexes => false, if_not_exists => true);
create index if not exists sample_patient on samples.sample (tenant, patient, metric, at);

-- Days are compressed when late samples have come: by patient, device and metric, so that a question for one of them opens nothing else.
alter table samples.sample set (timescaledb.compress, timescaledb.compress_segmentby = 'tenant, patient, device, metric', timescaledb.compress_orderby = 'at');
select add_compression_policy('samples.sample', interval '2 days', if_not_exists => true);

create materialized view if not exists samples.minute with (timescaledb.continuous, timescaledb.materialized_only = false) as
select time_bucket(interval '1 minute', at) as at, tenant, patient, device, metric, min(value) as min, max(value) as max, avg(value) as mean, count(*) as count, last(value, at) as last
from samples.sample group by time_bucket(interval '1 minute', at), tenant, patient, device, metric with no data;
create materialized view if not exists samples.hour with (timescaledb.continuous, timescaledb.materialized_only = false) as
select time_bucket(interval '1 hour', at) as at, tenant, patient, device, metric, min(value) as min, max(value) as max, avg(value) as mean, count(*) as count, last(value, at) as last
from samples.sample group by time_bucket(interval '1 hour', at), tenant, patient, device, metric with no data;
-- A day of late samples is worked in.
select add_continuous_aggregate_policy('samples.minute', start_offset => interval '1 day', end_offset => interval '15 minutes', schedule_interval => interval '15 minutes', if_not_exists => true);
select add_continuous_aggregate_policy('samples.hour', start_offset => interval '2 days', end_offset => interval '1 hour', schedule_interval => interval '1 hour', if_not_exists => true);

-- As long as Salus keeps its own.
select remove_retention_policy('samples.sample', if_exists => true), remove_retention_policy('samples.minute', if_exists => true), remove_retention_policy('samples.hour', if_exists => true);
select add_retention_policy('samples.sample', interval '{sampleDays} days'), add_retention_policy('samples.minute', interval '{minuteDays} days'), add_retention_policy('samples.hour', interval '{hourDays} days');

grant usage on schema samples to {writer};
grant insert on samples.sample to {writer};
