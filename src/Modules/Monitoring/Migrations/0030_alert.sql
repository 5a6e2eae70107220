-- The rules of alerts, every version of them: the one with the highest number counts. What is not here is as shipped (Alerts/rules.json).
create table monitoring.rule (
    tenant int not null,
    name text not null,
    version int not null,
    body jsonb not null,
    changed_at timestamptz not null,
    changed_by text not null,
    primary key (tenant, name, version)
);

-- What a physician changed for one patient.
create table monitoring.adjustment (
    tenant int not null,
    patient text not null,
    rule text not null,
    threshold numeric,
    off boolean not null,
    reason text not null,
    until timestamptz not null,
    changed_at timestamptz not null,
    changed_by text not null,
    primary key (tenant, patient, rule)
);

create sequence monitoring.alert_change;

-- One row an alert. "change" grows with every change of any alert: who follows alerts asks for what is greater.
create table monitoring.alert (
    id uuid primary key,
    tenant int not null,
    patient text not null,
    rule text not null,
    rule_version int not null,
    title text not null,
    priority smallint not null,
    status smallint not null,
    raised_at timestamptz not null,
    delivered_at timestamptz,
    acknowledged_at timestamptz,
    acknowledged_by text,
    reason text,
    escalated_at timestamptz,
    escalated_to text,
    resolved_at timestamptz,
    resolved_by text,
    snoozed_until timestamptz,
    -- Steps that are still to come, and when the next one is.
    steps jsonb not null,
    escalate_at timestamptz,
    why jsonb not null,
    change bigint not null default nextval('monitoring.alert_change'),
    -- The change that the record has as Flag and Communication.
    recorded bigint not null default 0
);
-- A rule has one open alert for a patient, whoever raises it.
create unique index alert_open on monitoring.alert (tenant, patient, rule) where resolved_at is null;
create index alert_raised on monitoring.alert (tenant, raised_at);
create index alert_due on monitoring.alert (escalate_at) where escalate_at is not null;
create index alert_snoozed on monitoring.alert (snoozed_until) where snoozed_until is not null;
create index alert_unrecorded on monitoring.alert (change) where recorded < change;
