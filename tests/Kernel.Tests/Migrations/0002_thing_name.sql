-- no transaction
create index concurrently if not exists thing_name on sample.thing (name);
