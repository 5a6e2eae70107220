-- Since when the demo hospital has simulated monitors: who falls ill when is counted from there, so that it goes on after a restart.
alter table simulation.demo add column monitors_since timestamptz;
