-- Whether the last attempt counted: what the statement that counts gives back.
alter table access.attempt add column allowed boolean not null default true;
