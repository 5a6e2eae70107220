-- Whose patients' compartments a resource is in, and its label of confidentiality: what access is decided by. patients: logical ids; empty for none. label: 0 none, 1 restricted (R),
-- 2 very restricted (V). Null, of versions from before these columns, is "not known yet": only who may see everything sees them. Indexing again fills them (records.reindex).
-- A deleted resource keeps in records.current what its last version had.
alter table records.current add column patients text[] collate "C", add column label smallint;
alter table records.log add column patients text[] collate "C", add column label smallint;
