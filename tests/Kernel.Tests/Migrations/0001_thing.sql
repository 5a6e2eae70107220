create table sample.thing (id int generated always as identity primary key, name text not null);
