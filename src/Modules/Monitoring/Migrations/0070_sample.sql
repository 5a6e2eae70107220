-- Samples as rows, for SQL: written only where Salus:Monitoring:SqlSamples is On and there is no TimescaleDB (Samples/SampleRows.cs). What Salus itself reads are blocks.
create table monitoring.sample (
    at timestamptz not null,
    tenant int not null,
    -- Logical ids of Patient and Device, the short name of the metric; the value in the unit of the metric.
    patient text not null,
    device text not null,
    metric text not null,
    value double precision not null,
    -- 1 implausible, 2 clock skew, 4 questionable, 8 simulated.
    flags smallint not null
) partition by range (at);
create index sample_patient on monitoring.sample (tenant, patient, metric, at);
