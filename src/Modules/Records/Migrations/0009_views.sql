-- ViewDefinitions (SQL on FHIR v2), which are no type of R4, and how far the table of each active one has come.
create table records.view (
    number int generated always as identity primary key,
    tenant int not null,
    id text collate "C" not null,
    version int not null,
    at timestamptz not null,
    url text collate "C",
    name text collate "C",
    status text collate "C",
    body bytea not null,
    -- Each change of the definition makes a new table, with the next generation in its name.
    generation int not null default 0,
    -- inactive: no table. building: resources up to the key "filled" are in it. following: all are, and the feed is ready when it reaches "target".
    state text collate "C" not null check (state in ('inactive', 'building', 'following', 'ready', 'failed')),
    filled bigint not null default 0,
    done bigint not null default 0,
    total bigint not null default 0,
    target bigint not null default 0,
    error text,
    unique (tenant, id)
);
-- One table for one name, of whatever tenant: they share the schema.
create unique index view_name on records.view (name) where state <> 'inactive';

-- The tables themselves, one for each active view, and by its name a view of it as soon as it is complete.
create schema if not exists views;
