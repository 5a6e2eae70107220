-- What happened to alerts and devices, for those outside who follow it (src/Adapters). Written by the statement that makes it happen, and deleted when it was passed on: nothing is lost
-- in between, and no number that is committed late is skipped. Of one alert or device the numbers are in the order of its changes, because each change waits for the one before.
create table monitoring.outgoing (
    number bigint generated always as identity primary key,
    tenant int not null,
    topic text collate "C" not null,
    -- The patient, or the device.
    key text collate "C" not null,
    at timestamptz not null default clock_timestamp(),
    body jsonb not null
);
create index outgoing_at on monitoring.outgoing (at);

create function monitoring.iso(at timestamptz) returns text language sql stable as $$
    select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

create function monitoring.tell_of_alert() returns trigger language plpgsql as $$
declare
    event text;
begin
    event := case
        when tg_op = 'INSERT' then 'raised'
        when new.resolved_at is not null then case when old.resolved_at is null then 'resolved' end
        when new.status = 1 and old.status <> 1 then 'raised'
        when new.status = 4 and new.escalated_at is distinct from old.escalated_at then 'escalated'
        when new.snoozed_until is not null and new.snoozed_until is distinct from old.snoozed_until then 'snoozed'
        when new.status = 3 and new.acknowledged_at is distinct from old.acknowledged_at then 'acknowledged'
        when new.delivered_at is not null and old.delivered_at is null then 'delivered'
    end;
    if event is not null then
        insert into monitoring.outgoing (tenant, topic, key, body) values (new.tenant, 'alerts', new.patient, jsonb_strip_nulls(jsonb_build_object(
            'event', event, 'seq', new.change, 'id', new.id, 'patient', new.patient, 'rule', new.rule, 'ruleVersion', new.rule_version, 'title', new.title,
            'priority', case new.priority when 1 then 'low' when 2 then 'medium' when 3 then 'high' end,
            'status', case new.status when 1 then 'raised' when 2 then 'delivered' when 3 then 'acknowledged' when 4 then 'escalated' when 5 then 'resolved' end,
            'raisedAt', monitoring.iso(new.raised_at), 'deliveredAt', monitoring.iso(new.delivered_at),
            'acknowledgedAt', monitoring.iso(new.acknowledged_at), 'acknowledgedBy', new.acknowledged_by, 'reason', new.reason,
            'escalatedAt', monitoring.iso(new.escalated_at), 'escalatedTo', new.escalated_to,
            'resolvedAt', monitoring.iso(new.resolved_at), 'resolvedBy', new.resolved_by, 'snoozedUntil', monitoring.iso(new.snoozed_until)))
            || jsonb_build_object('why', new.why));
    end if;
    return null;
end $$;

create trigger tell_raised after insert on monitoring.alert for each row execute function monitoring.tell_of_alert();
create trigger tell_changed after update on monitoring.alert for each row when (new.change <> old.change) execute function monitoring.tell_of_alert();

create function monitoring.tell_of_use(use monitoring.device_use, event text) returns void language sql as $$
    insert into monitoring.outgoing (tenant, topic, key, body) values (use.tenant, 'device-events', use.device, jsonb_strip_nulls(jsonb_build_object(
        'event', event, 'seq', use.position, 'device', use.device, 'patient', use.patient, 'statement', use.id,
        'start', monitoring.iso(to_timestamp(use.start / 1000.0)), 'end', monitoring.iso(to_timestamp(use.until / 1000.0)))))
$$;

-- Whether a statement says that somebody is, was a day ago, or will be on a device. What an import brings of earlier years is no news.
create function monitoring.is_use(use monitoring.device_use) returns boolean language sql stable as $$
    select not use.deleted and use.device is not null and use.patient is not null and coalesce(use.status in ('active', 'completed', 'stopped'), false)
        and (use.until is null or use.until > extract(epoch from now() - interval '1 day') * 1000)
$$;

create function monitoring.tell_of_use() returns trigger language plpgsql as $$
declare
    before boolean := tg_op = 'UPDATE' and monitoring.is_use(old);
    after boolean := monitoring.is_use(new);
    ended monitoring.device_use;
begin
    if before and (not after or (new.device, new.patient) is distinct from (old.device, old.patient)) then
        -- Withdrawn, or it is about others now.
        ended := old;
        ended.position := new.position;
        perform monitoring.tell_of_use(ended, 'ended');
        before := false;
    end if;
    if after and (not before or (new.start, new.until) is distinct from (old.start, old.until)) then
        if not before or new.until is null or old.until is not null then
            perform monitoring.tell_of_use(new, 'associated');
        end if;
        if new.until is not null then
            perform monitoring.tell_of_use(new, 'ended');
        end if;
    end if;
    return null;
end $$;

create trigger tell after insert or update on monitoring.device_use for each row execute function monitoring.tell_of_use();

create function monitoring.tell_of_device() returns trigger language plpgsql as $$
declare
    before boolean := not old.deleted and coalesce(old.status, 'active') not in ('inactive', 'entered-in-error');
    after boolean := not new.deleted and coalesce(new.status, 'active') not in ('inactive', 'entered-in-error');
begin
    if before <> after then
        insert into monitoring.outgoing (tenant, topic, key, body) values (new.tenant, 'device-events', new.id, jsonb_strip_nulls(jsonb_build_object(
            'event', case when after then 'on' else 'off' end, 'seq', new.position, 'device', new.id, 'status', case when new.deleted then 'deleted' else new.status end)));
    end if;
    return null;
end $$;

create trigger tell after update on monitoring.device for each row execute function monitoring.tell_of_device();
