-- By what policy a version was validated before it was stored: 0 none or not known (also deletions and all from before this column), 1 structure, 2 invariants,
-- 3 full. Beside the resource and not in it, so that what is served is what was sent.
alter table records.log add column checked smallint not null default 0;
