-- What the record says of a patient that scores use: one row for each resource that says something (Monitors/Facts/Fact.cs). A resource that says nothing any more keeps a row of kind 0 for some days.
create table monitoring.fact (
    tenant int not null,
    source text not null,
    patient text not null,
    kind smallint not null,
    value int not null,
    at timestamptz not null,
    changed_at timestamptz not null,
    primary key (tenant, source, patient)
);
create index fact_patient on monitoring.fact (tenant, patient);
create index fact_changed on monitoring.fact (changed_at);
create index fact_lab on monitoring.fact (at) where kind >= 100;
