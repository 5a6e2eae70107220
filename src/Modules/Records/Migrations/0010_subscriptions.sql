-- One row per Subscription resource, as far as the change feed has come; and what is to be told, or was.
create table records.subscription (
    number int generated always as identity primary key,
    tenant int not null,
    id text collate "C" not null,
    -- The version of the resource that this row shows, and its place in the log: what was written before it is not its business.
    version int not null,
    position bigint not null,
    status text collate "C" not null check (status in ('requested', 'active', 'error', 'off', 'deleted')),
    channel text collate "C" not null,
    -- Host and port of the endpoint: they are few for many subscriptions, and none of them gets all connections.
    authority text collate "C" not null,
    -- Seconds; 0 for none.
    heartbeat int not null,
    ends_at timestamptz,
    -- Why it cannot work, found while it was followed: the resource is told.
    problem text,
    -- The number of its last event; of the last one that arrived; and how many were removed before they did.
    events bigint not null default 0,
    delivered bigint not null default 0,
    dropped bigint not null default 0,
    attempts int not null default 0,
    last_error text,
    next_at timestamptz not null,
    sent_at timestamptz not null,
    -- The process that delivers at this moment, and until when the others leave it alone.
    owner uuid,
    leased_until timestamptz,
    unique (tenant, id)
) with (fillfactor = 50);
create index subscription_position on records.subscription (position);

-- The resource that an event is about is the row of the log at its position.
create table records.subscription_event (
    subscription int not null references records.subscription (number) on delete cascade,
    number bigint not null,
    position bigint not null,
    at timestamptz not null,
    primary key (subscription, number)
);

-- Of a token for websockets, only its hash.
create table records.subscription_token (
    hash bytea primary key,
    tenant int not null,
    subscriptions int[] not null,
    expires_at timestamptz not null
);

-- What was written before there were subscriptions is nobody's event.
insert into records.feed_consumer (name, position, updated_at) select 'records.subscriptions', position, now() from records.head;
