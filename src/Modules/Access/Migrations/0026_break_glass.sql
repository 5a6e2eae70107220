-- Records that somebody opened although the patient is not in their care: why, for how long, and what the privacy officer said of it.
create table access.break_glass (
    id uuid primary key,
    tenant int not null references access.tenant,
    account uuid not null,
    account_name text not null,
    roles text[] not null,
    patient text not null,
    reason text not null,
    started_at timestamptz not null,
    until timestamptz not null,
    ended_at timestamptz,
    verdict text,
    comment text,
    judged_by uuid,
    judged_name text,
    judged_at timestamptz,
    check (until > started_at),
    check ((verdict is null) = (judged_at is null)),
    check (judged_by is distinct from account)
);
create index break_glass_open on access.break_glass (tenant, account, until) where ended_at is null;
create index break_glass_review on access.break_glass (tenant, started_at desc, id);
