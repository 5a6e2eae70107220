-- Up to when samples have become Observations.
create table monitoring.summarized (
    one boolean primary key default true check (one),
    until timestamptz not null
);
