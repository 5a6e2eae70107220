-- Keys of cookies and other short-lived secrets, shared by all processes. The material is encrypted with a key derived from the master key, which is not in the database.
create table access.data_protection_key (
    name text primary key,
    element text not null,
    created_at timestamptz not null default now()
);
