-- Looked for by its id alone, which a hash finds: a tree of ids that come in no order cost more than all else of an entry.
drop index access.audit_resource;
create index audit_resource on access.audit using hash (resource_id) where resource_id is not null;
