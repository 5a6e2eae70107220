-- Who takes the samples of a partition and judges its patients: the process that claimed it last. Its epoch stands in every commit; what another process still writes is refused.
create table monitoring.holder (
    partition smallint primary key,
    epoch int not null,
    -- For people; empty before the first claim.
    node text not null default '',
    claimed_at timestamptz not null default now()
);
insert into monitoring.holder (partition, epoch) select p, o.epoch from generate_series(0, 63) p, monitoring.owner o;

-- Holds on to a partition until the end of the transaction: nobody claims it meanwhile. Refuses who does not have it any more.
create function monitoring.hold(which smallint, known int) returns boolean language plpgsql as $$
begin
    -- 5005: the locks of partitions.
    perform pg_advisory_xact_lock_shared(5005, which);
    if known is distinct from (select h.epoch from monitoring.holder h where h.partition = which) then
        raise exception 'another process takes the samples of partition %', which using errcode = 'SL001';
    end if;
    return true;
end $$;

create or replace function monitoring.fence() returns trigger language plpgsql as $$
begin
    perform monitoring.hold(new.partition, new.epoch);
    return new;
end $$;

-- Takes partitions over. Commits of the holder before are waited for; one that does not end, because its process stands still, is ended: it would
-- keep the partition from everybody.
create function monitoring.claim(which smallint[], by_node text) returns table (claimed smallint, epoch int) language plpgsql as $$
declare
    one smallint;
begin
    perform set_config('lock_timeout', '2000', true);
    -- In order, as commits take them.
    for one in select distinct u from unnest(which) u order by u loop
        loop
            begin
                perform pg_advisory_xact_lock(5005, one);
                exit;
            exception when lock_not_available then
                perform pg_terminate_backend(l.pid) from pg_locks l
                where l.locktype = 'advisory' and l.classid = 5005 and l.objid = one and l.objsubid = 2 and l.granted and l.pid <> pg_backend_pid()
                    and l.database = (select d.oid from pg_database d where d.datname = current_database());
            end;
        end loop;
    end loop;
    return query update monitoring.holder h set epoch = h.epoch + 1, node = by_node, claimed_at = now() where h.partition = any(which)
        returning h.partition, h.epoch;
end $$;

drop function monitoring.claim();
drop table monitoring.owner;

-- A partition is read when a process gets it, and by those that do not have it.
create index journal_partition on monitoring.journal (partition, seq);

-- The processes that share the partitions. "subscribed" are those whose queues it listens to.
create table monitoring.node (
    id uuid primary key,
    name text not null,
    begun_at timestamptz not null default now(),
    beat_at timestamptz not null default now(),
    subscribed smallint[] not null default '{}'
);

-- Processes that share the patients follow the changes that others make.
create index alert_by_change on monitoring.alert (change);

-- Up to when samples of a partition have become Observations, where processes share them.
create table monitoring.summarized_partition (
    partition smallint primary key,
    until timestamptz not null
);
