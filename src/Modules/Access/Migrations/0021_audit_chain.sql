-- The rows of the trail in order, in segments of about a second. hash = SHA-256 over the hash before and the MAC of each row, one after the other;
-- mac is of the segment itself, with the key outside the database. A segment has the rows of its tenant whose transactions are from the
-- until_xid of the segment before on, and below its own.
create table access.audit_chain (
    tenant int not null,
    number bigint not null,
    day date not null,
    until_xid xid8 not null,
    ids uuid[] not null,
    previous bytea not null,
    hash bytea not null,
    mac bytea not null,
    primary key (tenant, number)
);
create index audit_chain_until on access.audit_chain (until_xid);
create index audit_chain_day on access.audit_chain (day, tenant);

-- A day that is over: the last hash of its chain, sealed together with the seal of the day before.
create table access.audit_seal (
    tenant int not null,
    day date not null,
    entries bigint not null,
    last bigint not null,
    hash bytea not null,
    previous bytea not null,
    seal bytea not null,
    sealed_at timestamptz not null,
    primary key (tenant, day)
);

-- What retention dropped: rows of these times are missing from the trail with good reason.
create table access.audit_dropped (
    partition text primary key,
    low timestamptz not null,
    high timestamptz not null,
    entries bigint not null,
    dropped_at timestamptz not null,
    seal bytea not null
);
