-- For whom work that is done later is done: beside the actor, with how much of what they may do an app acted for them.
alter table records.job add column delegation text;
alter table records.log add column delegation text;

-- Whose subscription it is: who wrote it last. What it tells is what they may see. Those of before are Salus's own.
alter table records.subscription add column actor text not null default 'system';
alter table records.subscription alter column actor drop default;
alter table records.subscription add column delegation text;
