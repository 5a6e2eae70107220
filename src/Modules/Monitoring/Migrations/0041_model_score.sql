-- What models think of patients. The first score of a model for a patient and a moment stays.
create table monitoring.modelscore (
    at timestamptz not null,
    until timestamptz not null,
    received timestamptz not null,
    tenant int not null,
    value numeric not null,
    patient text not null,
    model text not null,
    version text not null,
    sender text not null,
    explanation text,
    inputs jsonb not null,
    primary key (tenant, patient, model, at)
) partition by range (at);
create index modelscore_received on monitoring.modelscore (received);
