-- Apps (OAuth clients). What a tenant's administrators registered.
create table access.client (
    id text primary key,
    tenant int not null references access.tenant (number),
    name text not null,
    kind text not null check (kind in ('public', 'confidential', 'service')),
    redirect_uris text[] not null,
    launch_uri text,
    url text,
    scopes text[] not null,
    -- SHA-256 of a random secret of 256 bits.
    secret_hash bytea,
    jwks text,
    jwks_url text,
    state text not null default 'active' check (state in ('active', 'disabled')),
    created_at timestamptz not null,
    created_by text not null,
    version int not null default 1
);

-- Keys that sign tokens. The private part is protected by the Data Protection keys of the installation.
create table access.signing_key (
    kid text primary key,
    private_key text not null,
    x bytea not null,
    y bytea not null,
    created_at timestamptz not null,
    -- It signs from then on; it is published as soon as the row is there.
    active_from timestamptz not null
);
create index on access.signing_key (active_from);

-- One authorization: everything that was issued for it lives and dies with it.
create table access.token_family (
    id uuid primary key,
    tenant int not null references access.tenant (number),
    client text not null references access.client (id) on delete cascade,
    -- Null: the client acts by itself.
    account uuid,
    -- The account's security stamp: a new password, for one, ends what was allowed with the old one.
    stamp text,
    session text,
    scopes text[] not null,
    patient text,
    ehr_launch boolean not null default false,
    nonce text,
    signed_in_at timestamptz,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz,
    revoked_because text
);
create index on access.token_family (expires_at);
create index on access.token_family (account, client) where revoked_at is null;

-- SHA-256 of random values of 256 bits; used once.
create table access.authorization_code (
    hash bytea primary key,
    family uuid not null references access.token_family (id) on delete cascade,
    redirect_uri text not null,
    challenge text not null,
    expires_at timestamptz not null,
    used_at timestamptz
);
create index on access.authorization_code (family);

create table access.refresh_token (
    hash bytea primary key,
    family uuid not null references access.token_family (id) on delete cascade,
    expires_at timestamptz not null,
    used_at timestamptz
);
create index on access.refresh_token (family);

-- Assertions that were taken, until they would be refused for their age.
create table access.assertion (
    client text not null references access.client (id) on delete cascade,
    jti_hash bytea not null,
    expires_at timestamptz not null,
    primary key (client, jti_hash)
);
create index on access.assertion (expires_at);
