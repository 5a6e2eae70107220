import { useElementSize } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import type { CSSProperties } from 'react';
import { Link, Outlet, useParams } from 'react-router';
import { formatDate } from '../../lib/dates';
import { HttpError } from '../../lib/http';
import { patientName } from '../../fhir/display';
import { ResourceDrawer } from '../../fhir/ResourceDrawer';
import { ErrorPanel, Waiting } from '../../ui/Notice';
import { usePageTitle } from '../../ui/usePageTitle';
import { useRowKeys } from '../../ui/useRowKeys';
import { Banner } from './Banner';
import { patientQuery } from './chart.api';
import classes from './Chart.module.css';
import { ChartTabs } from './ChartTabs';
import type { Chart } from './useChart';

export function ChartPage() {
  const { patientId = '' } = useParams();
  // Keyed: nothing of one patient's chart survives into another's.
  return <PatientChart key={patientId} patientId={patientId} />;
}

function PatientChart({ patientId }: { patientId: string }) {
  const { data: patient, error, isError, refetch } = useQuery(patientQuery(patientId));
  usePageTitle(patient ? patientName(patient) : 'Chart');
  useRowKeys();
  const { ref, height } = useElementSize();
  if (isError && !patient) return <ChartError error={error} patientId={patientId} retry={() => void refetch()} />;
  if (!patient) return <Waiting what="the chart" />;
  return (
    <>
      <div className={classes.top} ref={ref}>
        <Banner patient={patient} patientId={patientId} />
        <ChartTabs patientId={patientId} />
      </div>
      {/* Table heads stick below the banner, whose height depends on the name. */}
      <div className={classes.body} style={{ '--above': `calc(var(--bar) + ${Math.round(height)}px)` } as CSSProperties}>
        <Outlet context={{ patientId, patient } satisfies Chart} />
      </div>
      <ResourceDrawer about={`${patientName(patient)}, born ${formatDate(patient.birthDate)}`} />
    </>
  );
}

function ChartError({ error, patientId, retry }: { error: Error; patientId: string; retry: () => void }) {
  const gone = error instanceof HttpError && (error.status === 404 || error.status === 410);
  return (
    <div className={classes.body}>
      <h1>{gone ? 'This patient is not in the record' : 'Chart'}</h1>
      <ErrorPanel error={error} what={`Patient/${patientId}`} retry={gone ? undefined : retry} />
      <p>
        <Link to="/patients">Go to patients</Link>
      </p>
    </div>
  );
}
