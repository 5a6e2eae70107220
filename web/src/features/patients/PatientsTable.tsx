import { Button } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { Link } from 'react-router';
import { formatIdentifier, formatSex, identifierLabel, patientName, rankedIdentifiers } from '../../fhir/display';
import type { Patient } from '../../fhir/types.gen';
import { DataTable, type Column } from '../../ui/DataTable';
import { useNow } from '../../ui/useNow';
import { formatAge, formatAgo, formatDate, formatExact, instantOf } from '../../lib/dates';
import classes from './PatientsPage.module.css';

function Name({ patient }: { patient: Patient }) {
  const dead = patient.deceasedDateTime !== undefined || patient.deceasedBoolean === true;
  return (
    <>
      <Link to={`/patients/${patient.id}`} className={classes.name} data-row-link>
        <bdi>{patientName(patient)}</bdi>
      </Link>
      {dead && <span className={classes.mark}>Deceased</span>}
      {patient.active === false && <span className={classes.mark}>Inactive</span>}
      <span className={classes.phone}>
        <Born patient={patient} /> · {formatSex(patient.gender)} · <Number patient={patient} />
      </span>
    </>
  );
}

function Born({ patient }: { patient: Patient }) {
  const dead = patient.deceasedDateTime ? new Date(patient.deceasedDateTime) : undefined;
  const age = patient.deceasedBoolean === true ? undefined : formatAge(patient.birthDate, dead ?? new Date());
  return (
    <span className="num">
      {formatDate(patient.birthDate)}
      {age && ` (${dead ? 'died at ' : ''}${age})`}
    </span>
  );
}

function Number({ patient }: { patient: Patient }) {
  const first = rankedIdentifiers(patient.identifier)[0];
  if (!first) return <>–</>;
  return (
    <span className="num">
      <span className="meta">{identifierLabel(first)}</span> {formatIdentifier(first)}
    </span>
  );
}

function Updated({ patient }: { patient: Patient }) {
  const now = useNow();
  const time = instantOf(patient.meta?.lastUpdated);
  return <span title={formatExact(patient.meta?.lastUpdated)}>{time === undefined ? '–' : formatAgo(time, now)}</span>;
}

const columns: Column<Patient>[] = [
  { name: 'Name', width: '36%', cell: (patient) => <Name patient={patient} /> },
  { name: 'Born', from: 'tablet', width: '14rem', cell: (patient) => <Born patient={patient} /> },
  { name: 'Sex', from: 'tablet', width: '5.5rem', cell: (patient) => formatSex(patient.gender) },
  { name: 'Identifier', from: 'tablet', cell: (patient) => <Number patient={patient} /> },
  { name: 'Last update', from: 'desktop', width: '8rem', cell: (patient) => <Updated patient={patient} /> },
];

export function PatientsTable({ patients, more }: { patients: Patient[]; more?: { loading: boolean; load: () => void } }) {
  return (
    <>
      <DataTable caption="Patients" columns={columns} rows={patients} rowKey={(patient) => patient.id ?? ''} />
      {more && <More {...more} />}
    </>
  );
}

/** Loads the next page when it comes near the screen; the button is for those who don't scroll. */
function More({ loading, load }: { loading: boolean; load: () => void }) {
  const mark = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = mark.current;
    if (!element || loading) return;
    const observer = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && load(), { rootMargin: '400px' });
    observer.observe(element);
    return () => observer.disconnect();
  }, [loading, load]);
  return (
    <div ref={mark} className={classes.more}>
      <Button variant="default" size="xs" loading={loading} onClick={load}>
        Load more
      </Button>
    </div>
  );
}
