insert into {table} (at, tenant, patient, device, metric, value, flags)
select p.at, s.tenant, s.patient, s.device, s.metric, p.value, p.flags
from unnest($1::timestamptz[], $2::int[], $3::float8[], $4::smallint[]) p (at, series, value, flags)
join unnest($5::int[], $6::int[], $7::text[], $8::text[], $9::text[]) s (series, tenant, patient, device, metric) using (series)
