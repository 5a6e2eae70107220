-- What is known of the index of each parameter. "indexed" is the version of the extractor under which all resources of the type were last indexed for it;
-- 0 while they are not. "definition" is the digest of a parameter that was added at run time, and empty for a published one. A definition that changes
-- is another row with another number, so that what was found by the old one never mixes with the new one; the old row is retired, and goes when no
-- index row bears its number any more.
alter table records.parameter
    add column indexed int not null default 0,
    add column definition text collate "C" not null default '',
    add column retired boolean not null default false;
update records.parameter set indexed = 1;
alter table records.parameter drop constraint parameter_resource_type_code_key;
create unique index parameter_name on records.parameter (resource_type, code, definition) where not retired;

-- The position of the last write of a SearchParameter. A commit whose index rows were made with other definitions makes them again.
alter table records.head add column definitions bigint not null default 0;

-- Indexing again: one row per resource type, how far it is and which parameters are complete when it has ended.
create table records.reindex (
    resource_type text collate "C" primary key,
    extractor int not null,
    parameters int[] not null,
    retired int[] not null,
    after bigint not null,
    done bigint not null,
    total bigint not null,
    started_at timestamptz not null,
    updated_at timestamptz not null,
    finished_at timestamptz,
    problem text
);

-- Composite parameters whose parts have to be of one element: a row per element and value of its first part.
-- word: the first part's code, U+001F and the number of its system (as in current.exact), or a folded text; empty when the first part is a range.
-- rest: the same of all further parts that are no ranges, with the number of the part and a colon in front.
-- low, high: the first part that is a range; system, code and unit when it is a quantity. low2, high2: the second one.
create table records.index_composite (
    tenant int not null,
    parameter int not null,
    key bigint not null,
    word text collate "C" not null,
    rest text[] not null,
    low numeric,
    high numeric,
    low2 numeric,
    high2 numeric,
    system int not null,
    code text collate "C" not null,
    unit text collate "C"
);
create index index_composite_word on records.index_composite (tenant, parameter, word, low, key);
create index index_composite_key on records.index_composite (key);

-- The UCUM codes in use: a search by one unit compares with all that measure the same, each in its own numbers.
create table records.unit (
    code text collate "C" primary key
);
insert into records.unit (code)
select distinct x.code from records.index_amount x join records.code_system s on s.id = x.system
where s.uri = 'http://unitsofmeasure.org' and x.code <> '';

-- The words of a resource's narrative, for _text; a resource without one has no row. The digest is of the text that the words were made of.
create table records.index_text (
    tenant int not null,
    parameter int not null,
    key bigint not null,
    words tsvector not null,
    digest text collate "C" not null
);
create index index_text_key on records.index_text (key);
create index index_text_words on records.index_text using gin (words) with (gin_pending_list_limit = 512);
