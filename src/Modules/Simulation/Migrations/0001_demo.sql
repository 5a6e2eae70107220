-- How far the demo hospital has been written, so that a fill that was stopped goes on where it was, with the same plan.
create table simulation.demo (
    only_row boolean primary key default true check (only_row),
    seed int not null,
    patients int not null,
    years int not null,
    until timestamptz not null,
    bundles_done int not null
);
