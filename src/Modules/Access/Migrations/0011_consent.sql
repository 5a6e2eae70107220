-- A request of an app that waits for the user's answer.
create table access.consent_request (
    hash bytea primary key,
    tenant int not null references access.tenant (number),
    client text not null references access.client (id) on delete cascade,
    account uuid not null,
    session text,
    redirect_uri text not null,
    state text,
    scopes text[] not null,
    challenge text not null,
    nonce text,
    patient text,
    ehr_launch boolean not null,
    needs_patient boolean not null,
    expires_at timestamptz not null,
    answered_at timestamptz
);
create index on access.consent_request (expires_at);

-- What a user allowed an app, remembered.
create table access.app_consent (
    id uuid primary key,
    tenant int not null references access.tenant (number),
    account uuid not null,
    client text not null references access.client (id) on delete cascade,
    scopes text[] not null,
    granted_at timestamptz not null,
    last_used_at timestamptz not null,
    unique (account, client)
);

-- An app that was opened from a chart (EHR launch).
create table access.app_launch (
    hash bytea primary key,
    tenant int not null references access.tenant (number),
    client text not null references access.client (id) on delete cascade,
    account uuid not null,
    patient text not null,
    expires_at timestamptz not null,
    used_at timestamptz
);
create index on access.app_launch (expires_at);
