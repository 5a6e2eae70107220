-- Tenants: organizations whose records are apart from each other.
create table access.tenant (
    number int primary key,
    name text not null
);
insert into access.tenant (number, name) values (1, 'Salus');
