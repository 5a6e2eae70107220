-- Under which openings by break-glass something was done. The MAC of rows without one is as it was before (Audit/AuditRow.cs).
alter table access.audit add column openings uuid[] not null default '{}';
