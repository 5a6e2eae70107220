-- One table for all that is answered later: exports, imports, and requests that are no operation of their own.
alter table records.job rename column exported to count;
alter table records.job add column kind text not null default 'export' check (kind in ('export', 'import', 'request'));
alter table records.job alter column kind drop default;
-- How many steps there are in all; what was refused; what was read or written.
alter table records.job add column steps int not null default 0;
alter table records.job add column rejected bigint not null default 0;
alter table records.job add column bytes bigint not null default 0;
update records.job set steps = jsonb_array_length(request::jsonb -> 'Types') + case when request::jsonb ->> 'Since' is null then 0 else 1 end;
drop index records.job_state;
create index job_state on records.job (kind, state, created_at);
create index job_end on records.job (expires_at);

alter table records.job_file drop constraint job_file_kind_check;
alter table records.job_file add check (kind in ('output', 'deleted', 'error', 'result'));

-- An input of an import, and how far it is: so many lines and bytes of its content are dealt with.
create table records.job_input (
    job text collate "C" not null references records.job (id) on delete cascade,
    number int not null,
    type text not null,
    url text not null,
    -- Where it is in the object store; null for what comes over the network.
    object text,
    -- What tells that it is still the same file: its ETag, or the time of its last change.
    validator text,
    line int not null default 0,
    bytes bigint not null default 0,
    stored bigint not null default 0,
    rejected bigint not null default 0,
    primary key (job, number)
);

-- What an input that is being read has that could not be stored; a file when the input is done.
create table records.job_rejection (
    job text collate "C" not null references records.job (id) on delete cascade,
    input int not null,
    line int not null,
    outcome text not null
);
create index job_rejection_input on records.job_rejection (job, input, line);
