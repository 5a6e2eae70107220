-- People tell organizations apart by their names.
create unique index tenant_name on access.tenant (lower(name));
