-- The audit trail: who did what with whose data. Rows are inserted and read, never changed; old ones go by dropping whole partitions.
-- Text comes from requests, so every column has its own limit (Audit/AuditText.cs).
create table access.audit (
    at timestamptz not null,
    id uuid not null,
    -- Rows in the order of their transactions, for the chain: what committed before a snapshot's xmin is complete.
    xid xid8 not null default pg_current_xact_id(),
    tenant int not null,
    kind smallint not null,
    outcome smallint not null,
    actor text not null,
    name text,
    roles text[] not null,
    person text,
    client text,
    session text,
    address text,
    request text,
    type text,
    resource_id text,
    version int not null,
    patients text[] not null,
    query text,
    detail text,
    purpose text,
    -- HMAC-SHA256 of everything above but xid, with a key that is not in the database (Audit/AuditRow.cs).
    mac bytea not null,
    primary key (at, id)
) partition by range (at);
create index audit_xid on access.audit (xid);
create index audit_actor on access.audit (tenant, actor, at);
create index audit_patient on access.audit using gin (patients) where patients <> '{}';
create index audit_resource on access.audit (tenant, type, resource_id, at) where resource_id is not null;

-- For a clock that leaps beyond the partitions made ahead: what cannot be recorded is refused, so there is always a place.
create table access.audit_other partition of access.audit default;

-- Makes the partitions of the months from the one of "first" on that are missing, and gives their number. A month that has rows in the
-- partition for all else keeps them there.
create function access.audit_partitions(first date, months int) returns int language plpgsql as $$
declare
    month date := date_trunc('month', first);
    made int := 0;
begin
    for i in 0 .. months - 1 loop
        if to_regclass(format('access.audit_%s', to_char(month, 'YYYY_MM'))) is null
            and not exists (select from access.audit_other where at >= month::timestamp at time zone 'UTC' and at < (month + interval '1 month') at time zone 'UTC') then
            execute format('create table access.audit_%s partition of access.audit for values from (%L) to (%L)',
                to_char(month, 'YYYY_MM'), month::timestamp at time zone 'UTC', (month + interval '1 month') at time zone 'UTC');
            made := made + 1;
        end if;
        month := month + interval '1 month';
    end loop;
    return made;
end $$;
select access.audit_partitions((now() at time zone 'UTC')::date, 3);

-- Which trail this is, and by which key it is kept: the key itself is a file.
create table access.audit_store (
    one boolean primary key default true check (one),
    id uuid not null,
    key text not null
);
