-- The record: an append-only log, the current version of each resource, and what it can be found by.
-- A resource's key is the log position of its first version; it stays the same through all versions.

create table records.resource_type (
    id smallint primary key,
    name text collate "C" not null unique
);

-- Search parameters by number, so that an index row carries four bytes instead of a name.
create table records.parameter (
    id int generated always as identity primary key,
    resource_type text collate "C" not null,
    code text collate "C" not null,
    unique (resource_type, code)
);

-- Code systems by number. 0 stands for "no system".
create table records.code_system (
    id int generated always as identity primary key,
    uri text collate "C" not null unique
);

-- One row: the last position and the time of it. Locked by each commit, so that positions are dense and in commit order.
create table records.head (
    only_row boolean primary key default true check (only_row),
    position bigint not null,
    at timestamptz not null
);
insert into records.head (position, at) values (0, '-infinity');

create table records.log (
    position bigint primary key,
    key bigint not null,
    at timestamptz not null,
    tenant int not null,
    version int not null,
    type smallint not null,
    operation smallint not null,
    id text collate "C" not null,
    actor text not null,
    body bytea
);
create unique index log_version on records.log (key, version);
create index log_type on records.log (tenant, type, position);
-- Bodies stay uncompressed and, up to about 8 kB, in the row: a read is one tuple, and they are served as they are.
alter table records.log alter column body set storage external;
alter table records.log set (toast_tuple_target = 8160, autovacuum_freeze_min_age = 0);

create table records.current (
    key bigint primary key,
    position bigint not null,
    at timestamptz not null,
    tenant int not null,
    version int not null,
    type smallint not null,
    deleted boolean not null,
    id text collate "C" not null
);
create unique index current_id on records.current (tenant, type, id);
create index current_type on records.current (tenant, type, key) where not deleted;
create index current_at on records.current (tenant, type, at, key) where not deleted;

-- Tokens, URIs and references: equality. A reference to a resource here has its type's number as negative system and its id as code.
create table records.index_exact (
    tenant int not null,
    parameter int not null,
    key bigint not null,
    system int not null,
    code text collate "C" not null
);
create index index_exact_value on records.index_exact (tenant, parameter, code, system, key);
create index index_exact_key on records.index_exact (key);
create statistics records.index_exact_mcv (mcv, ndistinct) on parameter, code from records.index_exact;

-- Strings: value is folded (case, accents, white space) and bounded; original is what :exact compares.
create extension if not exists pg_trgm with schema public;
create table records.index_string (
    tenant int not null,
    parameter int not null,
    key bigint not null,
    value text collate "C" not null,
    original text collate "C" not null
);
create index index_string_value on records.index_string (tenant, parameter, value, key);
create index index_string_key on records.index_string (key);
create index index_string_trigram on records.index_string using gin (value public.gin_trgm_ops);

-- Dates: [low, high) in microseconds since 1970 UTC. Most are a day or less; the few longer ones have an index by their end.
create table records.index_date (
    tenant int not null,
    parameter int not null,
    key bigint not null,
    low bigint not null,
    high bigint not null
);
create index index_date_low on records.index_date (tenant, parameter, low, high, key);
create index index_date_long on records.index_date (tenant, parameter, high, low, key) where high::numeric - low > 86400000000;
create index index_date_key on records.index_date (key);

-- Numbers and quantities: [low, high]. A number has system 0 and an empty code.
create table records.index_amount (
    tenant int not null,
    parameter int not null,
    key bigint not null,
    system int not null,
    code text collate "C" not null,
    unit text collate "C",
    low numeric not null,
    high numeric not null
);
create index index_amount_low on records.index_amount (tenant, parameter, low, high, key);
create index index_amount_key on records.index_amount (key);

-- Where each consumer of the change feed is.
create table records.feed_consumer (
    name text primary key,
    position bigint not null,
    updated_at timestamptz not null
);

-- A projection of the feed: how many resources of each type there are.
create table records.type_count (
    tenant int not null,
    type smallint not null,
    count bigint not null,
    primary key (tenant, type)
);
