-- The monitors of a partition in bytes (Monitors/Snapshots/SnapshotFormat.cs), and the row of the journal up to which they go. Written anew every few minutes; without them the samples of a day are read.
create table monitoring.snapshot_head (
    partition smallint primary key,
    seq bigint not null,
    at timestamptz not null
);
create table monitoring.snapshot (
    partition smallint not null references monitoring.snapshot_head,
    tenant int not null,
    patient text not null,
    data bytea not null,
    primary key (partition, tenant, patient)
);
-- Short numbers compress to nothing much.
alter table monitoring.snapshot alter column data set storage external;
