-- What is compared for equality (tokens, URIs, references) moves from a row per value to one tsvector per resource, in its current row.
-- A token, a URI and the URL of a reference give two words: parameter ':' code, and the same with U+001F and the number of the code system, 0 for none.
-- A reference to a resource here gives one, with the negative number of the target's type.
alter table records.current add column exact tsvector not null default ''::tsvector;

-- PostgreSQL's limit of a tsvector; the program refuses more.
do $$
declare
    too_large text;
begin
    select t.name || '/' || c.id into too_large
    from records.index_exact x join records.current c on c.key = x.key join records.resource_type t on t.id = c.type
    group by c.key, t.name, c.id having sum(2 * (octet_length(x.code) + 16)) > 1000000 limit 1;
    if too_large is not null then
        raise exception '% has more than 1 MB of codes, identifiers and references to be found by; split it into several resources with the version that wrote it', too_large;
    end if;
end $$;

update records.current c set exact = v.exact
from (select x.key, array_to_tsvector(array_agg(distinct x.parameter || ':' || translate(x.code, chr(30) || chr(31), repeat(chr(65533), 2)) || s.suffix)) as exact
      from records.index_exact x
      cross join lateral unnest(case when x.system < 0 then array[chr(31) || x.system] else array['', chr(31) || x.system] end) s (suffix)
      group by x.key) v
where c.key = v.key and not c.deleted;

drop table records.index_exact;

-- New entries wait in a list of at most this many kB, which every search reads; the keeper of statistics empties it when writing pauses.
create index current_exact on records.current using gin (exact) with (gin_pending_list_limit = 512);
