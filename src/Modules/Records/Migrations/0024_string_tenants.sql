-- The folded texts have whose they are in their key. Until now there was one tenant.
alter table records.string_value add column tenant int not null default 1;
alter table records.string_value alter column tenant drop default;
alter table records.string_value drop constraint string_value_pkey;
alter table records.string_value add primary key (tenant, value);

-- Behind a policy, PostgreSQL does not look up LIKE in an index, since its error may tell of rows that are not shown. So the tenants' roles do not read the table: this looks for them,
-- with the owner's eyes, among what is of their own tenant; for the system's role in any. No error depends on a row: a pattern ends with %, never with an escape.
-- By its cost it is asked once and not for every row; by its rows, what else narrows a search leads where that is less.
create function records.texts_like(whose int, pattern text) returns setof text
language sql stable parallel safe security definer cost 100000 rows 500 set search_path = pg_catalog
as $$
    select v.value from records.string_value v
    where v.tenant = whose and whose = coalesce(nullif(split_part(session_user::text, '_tenant_', -1), session_user::text)::int, whose)
        and v.value like case when right(pattern, 1) = '%' then pattern end
$$;
