-- A text of a resource becomes one row, however many parameters find it: the row's parameter is then the number of a set of parameters, which is negative.
-- A text that one parameter finds keeps the number of that parameter.
create table records.parameter_set (
    id int not null check (id < 0),
    parameter int not null,
    primary key (parameter, id)
);

create temporary table text_of_resource on commit drop as
select tenant, key, value, original, array_agg(distinct parameter order by parameter) as parameters
from records.index_string group by tenant, key, value, original;

insert into records.parameter_set (id, parameter)
select -row_number() over (order by s.parameters), unnest(s.parameters)
from (select distinct parameters from text_of_resource where cardinality(parameters) > 1) s;

-- Anew, so that nothing of the old rows is left in the table and its indexes.
drop index records.index_string_value, records.index_string_key, records.index_string_trigram;
truncate records.index_string;
insert into records.index_string (tenant, parameter, key, value, original)
select t.tenant, coalesce(s.id, t.parameters[1]), t.key, t.value, t.original
from text_of_resource t
left join (select id, array_agg(parameter order by parameter) as parameters from records.parameter_set group by id) s on s.parameters = t.parameters
order by t.key;
create index index_string_value on records.index_string (tenant, parameter, value, key);
create index index_string_key on records.index_string (key);

-- What :contains looks through: every text once, folded, whoever bears it. Texts stay when their last row goes.
create table records.string_value (
    value text collate "C" primary key
);
insert into records.string_value select distinct value from text_of_resource order by value;
create index string_value_trigram on records.string_value using gin (value public.gin_trgm_ops);

analyze records.index_string, records.string_value;
