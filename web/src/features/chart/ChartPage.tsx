import { useElementSize } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState, type CSSProperties } from 'react';
import { Link, Outlet, useParams } from 'react-router';
import { formatDate } from '../../lib/dates';
import { HttpError } from '../../lib/http';
import { patientName } from '../../fhir/display';
import { ResourceDrawer } from '../../fhir/ResourceDrawer';
import type { Patient } from '../../fhir/types.gen';
import { may, useSession } from '../../session/session.api';
import form from '../../ui/Form.module.css';
import { EmptyState, ErrorPanel, Waiting } from '../../ui/Notice';
import { usePageTitle } from '../../ui/usePageTitle';
import { useRowKeys } from '../../ui/useRowKeys';
import { Banner } from './Banner';
import { patientQuery } from './chart.api';
import classes from './Chart.module.css';
import { ChartTabs, tabsFor } from './ChartTabs';
import { ClosedRecord, EmergencyButton } from './ClosedRecord';
import { usePrintNote } from './usePrintNote';
import { useCare } from './useCare';
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
  if (isError && !patient) return <ChartError error={error} patientId={patientId} retry={() => void refetch()} />;
  if (!patient) return <Waiting what="the chart" />;
  return <OpenChart patient={patient} patientId={patientId} />;
}

function OpenChart({ patient, patientId }: { patient: Patient; patientId: string }) {
  const { ref, height } = useElementSize();
  const care = useCare(patient, patientId);
  usePrintNote(patientId);
  const [anyway, setAnyway] = useState(false);
  const account = useSession().data?.account ?? null;
  if (tabsFor(account).length === 0) return <NameOnly patient={patient} patientId={patientId} trail={may(account, 'audit.read')} />;
  if (care === 'asking') return <Waiting what="the chart" />;
  if (care === 'closed' && !anyway) return <ClosedRecord patient={patient} patientId={patientId} showAnyway={() => setAnyway(true)} />;
  return (
    <>
      <div className={classes.top} ref={ref}>
        <Banner patient={patient} patientId={patientId} />
        {care === 'closed' && <p className={form.warn}>You are not in this patient’s care. “None recorded” here means: none that is open to you.</p>}
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

/** For roles that may know who somebody is, and nothing of their health. */
function NameOnly({ patient, patientId, trail }: { patient: Patient; patientId: string; trail: boolean }) {
  return (
    <>
      <div className={classes.top}>
        <Banner patient={patient} patientId={patientId} />
      </div>
      <div className={classes.body}>
        <EmptyState title="Your role sees who this patient is, and nothing of the chart.">{trail && <Link to={`/audit?patient=${encodeURIComponent(patientId)}`}>Who looked at this record</Link>}</EmptyState>
      </div>
    </>
  );
}

function ChartError({ error, patientId, retry }: { error: Error; patientId: string; retry: () => void }) {
  const { data: session } = useSession();
  const gone = error instanceof HttpError && (error.status === 404 || error.status === 410);
  const closed = error instanceof HttpError && (error.status === 404 || error.status === 403);
  const offer = closed && session?.signIn === true && may(session.account, 'breakglass.use');
  return (
    <div className={classes.body}>
      <h1>{gone ? 'This patient is not in the record' : 'Chart'}</h1>
      <ErrorPanel error={error} what={`Patient/${patientId}`} retry={gone ? undefined : retry} />
      {offer && (
        <>
          <p>Or the record is closed to you. If you treat this patient and it can’t wait, open it for a limited time; the privacy officer is told.</p>
          <EmergencyButton patientId={patientId} />
        </>
      )}
      <p>
        <Link to="/patients">Go to patients</Link>
      </p>
    </div>
  );
}
