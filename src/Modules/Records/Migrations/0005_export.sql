-- Work that is asked for by one request and answered later: exports. The id is a secret: who knows it may read the result.
create table records.job (
    id text collate "C" primary key,
    tenant int not null,
    actor text not null,
    url text not null,
    request text not null,
    state text not null check (state in ('running', 'done', 'failed', 'cancelled')),
    -- The record is exported as it was at this position of the log, whose time this is.
    position bigint not null,
    at timestamptz not null,
    -- How far it has come: the type, by its place in the request, and the last id of it; parts are numbered.
    step int not null default 0,
    after text collate "C" not null default '',
    part int not null default 0,
    exported bigint not null default 0,
    error text,
    created_at timestamptz not null,
    expires_at timestamptz not null
);
create index job_state on records.job (state, created_at);

-- The files of a job that are whole.
create table records.job_file (
    job text collate "C" not null references records.job (id) on delete cascade,
    part int not null,
    name text not null,
    kind text not null check (kind in ('output', 'deleted')),
    type text not null,
    count bigint not null,
    bytes bigint not null,
    primary key (job, part)
);
