-- The keys that values in this record are sealed with, and found by; never a key itself. The proof is a keyed hash of the id: it shows that a key of this id is the right one.
create table records.seal_key (
    id text collate "C" not null,
    -- 'value': values are encrypted with it. 'hash': they are found by it.
    purpose text collate "C" not null check (purpose in ('value', 'hash')),
    proof text collate "C" not null,
    since timestamptz not null default now(),
    primary key (purpose, id)
);

-- Sealing what is stored already, or again with another key: one row, how far the log is done. "target" says by what rules and keys.
create table records.reseal (
    only_row boolean primary key default true check (only_row),
    target text not null,
    after bigint not null default 0,
    done bigint not null default 0,
    changed bigint not null default 0,
    -- Resource types whose views were made anew in this run.
    rebuilt text[] not null default '{}',
    started_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    finished_at timestamptz
);
