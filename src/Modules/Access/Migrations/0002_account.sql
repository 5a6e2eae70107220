-- Accounts of people, and what they sign in with. Random tokens are kept as SHA-256 only, passwords as PBKDF2.
create table access.account (
    id uuid primary key,
    tenant int not null references access.tenant,
    user_name text,
    user_key text unique,                 -- user_name in capitals
    name text not null,
    roles text[] not null,
    person text,
    wards text[] not null default '{}',
    state text not null check (state in ('invited', 'active', 'locked', 'disabled')),
    password_hash text,
    stamp text not null,                  -- changes with every credential: sessions of another stamp are over
    version int not null default 1,
    totp_secret bytea,                    -- encrypted
    totp_confirmed boolean not null default false,
    totp_step bigint not null default 0,  -- the last one used: a code counts once
    demo boolean not null default false,
    created_at timestamptz not null,
    last_seen_at timestamptz
);
create index account_tenant on access.account (tenant, lower(name), id);

create table access.session (
    id uuid primary key,
    token_hash bytea not null unique,
    account uuid not null references access.account on delete cascade,
    stage text not null check (stage in ('done', 'second-factor', 'enrol')),
    methods text[] not null,              -- RFC 8176
    stamp text not null,
    created_at timestamptz not null,
    fresh_at timestamptz not null,        -- the last proof of who it is
    last_seen_at timestamptz not null,
    ends_at timestamptz not null,
    address text,
    agent text
);
create index session_account on access.session (account, last_seen_at);
create index session_end on access.session (ends_at);

create table access.recovery_code (
    account uuid not null references access.account on delete cascade,
    hash bytea not null,
    primary key (account, hash)
);

create table access.passkey (
    id bytea primary key,
    account uuid not null references access.account on delete cascade,
    name text not null,
    info jsonb not null,
    created_at timestamptz not null,
    last_used_at timestamptz
);
create index passkey_account on access.passkey (account);

-- Challenges that were given out, each for one answer.
create table access.challenge (
    key bytea primary key,
    state text not null,
    expires_at timestamptz not null
);

create table access.one_time (
    hash bytea primary key,
    account uuid not null references access.account on delete cascade,
    kind text not null check (kind in ('invitation', 'reset')),
    created_at timestamptz not null,
    expires_at timestamptz not null
);
create index one_time_account on access.one_time (account);

-- Failed attempts by what they are counted for.
create table access.attempt (
    key bytea primary key,
    count int not null,
    until timestamptz not null,           -- no attempt counts before
    forget_at timestamptz not null
);

-- Browsers from which somebody signed in before.
create table access.device (
    hash bytea primary key,
    account uuid not null references access.account on delete cascade,
    last_used_at timestamptz not null
);
create index device_account on access.device (account, last_used_at);

create table access.external_login (
    provider text not null,
    subject text not null,
    account uuid not null references access.account on delete cascade,
    primary key (provider, subject)
);
create index external_login_account on access.external_login (account);
