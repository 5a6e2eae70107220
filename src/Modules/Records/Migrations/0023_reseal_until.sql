-- Where the log ended when sealing again began. A run from before this column goes on until it finds nothing.
alter table records.reseal add column until bigint not null default 9223372036854775807;
