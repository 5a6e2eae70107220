create or replace function monitoring.make(kind text, low timestamptz, high timestamptz) returns void language plpgsql as $$
declare
    name text := format('%s_%s', kind, to_char(low at time zone 'UTC', 'YYYYMMDDHH24'));
begin
    -- Two processes that start at once, or that flush the first samples of a day, take turns.
    perform pg_advisory_xact_lock(hashtext('monitoring.make'));
    if to_regclass('monitoring.' || name) is not null then
        return;
    end if;
    execute format('create table monitoring.%I partition of monitoring.%I for values from (%L) to (%L)', name, kind, low, high);
    if kind = 'journal' then
        -- Dropped within hours: nothing to clean up.
        execute format('alter table monitoring.%I set (autovacuum_enabled = false)', name);
    else
        execute format('alter table monitoring.%I enable row level security', name);
    end if;
    if kind in ('journal', 'block') then
        -- Encoded already: to compress it once more costs more than it saves.
        execute format('alter table monitoring.%I alter column data set storage external', name);
    end if;
end $$;
