-- Signals such as an ECG, as devices sent them: a row is a stretch with samples at equal distances, encoded (Waveforms/WaveformCodec.cs).

-- One signal of one device at one patient.
create table monitoring.waveform_series (
    number int generated always as identity primary key,
    tenant int not null,
    signal smallint not null,
    patient text not null,
    device text not null,
    unique (tenant, patient, device, signal)
);

-- A value is origin + factor * number, in the signal's unit. "period" is in nanoseconds. The first of those that begin at the same moment stays.
create table monitoring.waveform (
    start timestamptz not null,
    until timestamptz not null,
    period bigint not null,
    tenant int not null,
    series int not null,
    samples int not null,
    flags smallint not null,
    origin numeric not null,
    factor numeric not null,
    data bytea not null,
    primary key (series, start)
) partition by range (start);
-- Encoded already: to compress it once more costs more than it saves.
alter table monitoring.waveform alter column data set storage external;
