-- What the record says of devices, as the registry needs it: made by the change feed of Device, DeviceUseStatement and DeviceMetric.
-- position is the log position of the change: a process reads what is newer than what it has. Of a deleted resource the row stays, so that this is seen too.

create table monitoring.device (
    tenant int not null,
    id text collate "C" not null,
    position bigint not null,
    deleted boolean not null,
    status text,
    name text,
    -- each as system|value
    identifiers text[] not null,
    bed text collate "C",
    parent text collate "C",
    primary key (tenant, id)
);
create index device_position on monitoring.device (position);

-- Who was on a device: milliseconds since 1970 UTC, from the first to before the last; null for no bound.
create table monitoring.device_use (
    tenant int not null,
    id text collate "C" not null,
    position bigint not null,
    deleted boolean not null,
    version int not null,
    status text,
    device text collate "C",
    patient text collate "C",
    start bigint,
    until bigint,
    primary key (tenant, id)
);
create index device_use_position on monitoring.device_use (position);
create index device_use_device on monitoring.device_use (tenant, device);

-- The unit in which a device gives what it does not name the unit of.
create table monitoring.device_unit (
    tenant int not null,
    id text collate "C" not null,
    position bigint not null,
    deleted boolean not null,
    device text collate "C",
    codes text[] not null,
    unit text,
    primary key (tenant, id)
);
create index device_unit_position on monitoring.device_unit (position);
