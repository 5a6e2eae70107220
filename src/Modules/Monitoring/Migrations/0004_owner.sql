-- Which process takes samples: the one that began last. What another one still writes is refused, so that nothing is acknowledged that nobody will read.
create table monitoring.owner (
    one boolean primary key default true check (one),
    epoch int not null
);
insert into monitoring.owner (epoch) values (0);
alter table monitoring.flushed add column epoch int not null default 0;

create function monitoring.claim() returns int language plpgsql as $$
declare
    claimed int;
begin
    -- Waits for the commits of the process before; those that come later find another number.
    perform pg_advisory_xact_lock(hashtext('monitoring.owner'));
    update monitoring.owner set epoch = epoch + 1 returning epoch into claimed;
    return claimed;
end $$;

create function monitoring.fence() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(hashtext('monitoring.owner'));
    if new.epoch <> (select o.epoch from monitoring.owner o) then
        raise exception 'another process takes the samples' using errcode = 'SL001';
    end if;
    return new;
end $$;

create trigger fence before insert on monitoring.journal for each row execute function monitoring.fence();
create trigger fence before insert or update on monitoring.flushed for each row execute function monitoring.fence();
