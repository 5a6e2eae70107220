-- Code systems too large for one resource: loaded from the files of their publishers. A CodeSystem resource stands for each of them.

create table records.concept_system (
    id int generated always as identity primary key,
    tenant int not null,
    url text collate "C" not null,
    -- empty for none
    version text collate "C" not null,
    name text not null,
    title text not null,
    case_sensitive boolean not null,
    format text not null,
    -- SHA-256 of the source: a load of the same files is not done again
    source text not null,
    -- code and FHIR type, in turn
    properties text[] not null,
    concepts int not null,
    loaded_at timestamptz not null default now(),
    unique (tenant, url, version)
);

create table records.concept (
    system int not null references records.concept_system on delete cascade,
    -- place in the source
    ordinal int not null,
    code text collate "C" not null,
    display text,
    definition text,
    inactive boolean not null,
    abstract boolean not null,
    parents text[] not null,
    -- code and value, in turn
    properties text[] not null,
    -- language, system and code of the use, and the text, in turn; empty where not stated
    designations text[] not null,
    primary key (system, ordinal)
);
create unique index concept_code on records.concept (system, code);

-- $closure: what a client has named so far, and what follows from it, with the version that brought it.
create table records.closure (
    tenant int not null,
    name text collate "C" not null,
    version int not null,
    primary key (tenant, name)
);

create table records.closure_concept (
    tenant int not null,
    name text collate "C" not null,
    system text collate "C" not null,
    code text collate "C" not null,
    system_version text not null,
    primary key (tenant, name, system, code),
    foreign key (tenant, name) references records.closure on delete cascade
);

create table records.closure_link (
    tenant int not null,
    name text collate "C" not null,
    system text collate "C" not null,
    code text collate "C" not null,
    ancestor text collate "C" not null,
    version int not null,
    primary key (tenant, name, system, code, ancestor),
    foreign key (tenant, name) references records.closure on delete cascade
);
