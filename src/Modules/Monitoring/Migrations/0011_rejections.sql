-- Values that were not taken: all of them counted by day, a few of them kept to look at.

create table monitoring.rejection_count (
    tenant int not null,
    device text collate "C" not null,
    reason text collate "C" not null,
    day date not null,
    count bigint not null,
    last timestamptz not null,
    primary key (tenant, device, reason, day)
);

create table monitoring.rejection (
    tenant int not null,
    number bigint generated always as identity,
    at timestamptz not null,
    device text collate "C" not null,
    code text,
    reason text collate "C" not null,
    message text not null,
    primary key (tenant, number)
);
create index rejection_at on monitoring.rejection (at);
