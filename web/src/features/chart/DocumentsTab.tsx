import { useState } from 'react';
import { formatConcept, formatConcepts, formatReference } from '../../fhir/display';
import { isEnteredInError } from '../../fhir/observations';
import { RawButton } from '../../fhir/RawButton';
import type { Attachment, DiagnosticReport, DocumentReference } from '../../fhir/types.gen';
import { decodeText } from '../../lib/base64';
import { formatDateTime, instantOf } from '../../lib/dates';
import { formatBytes } from '../../lib/numbers';
import { DataTable, type Column } from '../../ui/DataTable';
import { LinkButton } from '../../ui/LinkButton';
import { EmptyState, ErrorPanel, Waiting } from '../../ui/Notice';
import { usePatientList } from './chart.api';
import classes from './Chart.module.css';
import { newestFirst } from './clinical';
import { LoadState } from './LoadState';
import { Status } from './Tag';
import { useChart } from './useChart';

type Paper = DocumentReference | DiagnosticReport;

const timeOfPaper = (p: Paper) => instantOf(p.resourceType === 'DocumentReference' ? (p.date ?? p.context?.period?.start) : (p.effectiveDateTime ?? p.effectivePeriod?.start ?? p.issued));
const titleOf = (p: Paper) => (p.resourceType === 'DocumentReference' ? (p.description ?? formatConcept(p.type)) : formatConcept(p.code));
const authorOf = (p: Paper) => (p.resourceType === 'DocumentReference' ? p.author : p.performer)?.map(formatReference).join(', ') || '–';
const attachmentsOf = (p: Paper): Attachment[] => (p.resourceType === 'DocumentReference' ? p.content.map((c) => c.attachment) : (p.presentedForm ?? []));
const hasContent = (p: Paper) => attachmentsOf(p).length > 0 || (p.resourceType === 'DiagnosticReport' && (p.conclusion !== undefined || (p.result?.length ?? 0) > 0));

export function DocumentsTab() {
  const { patientId } = useChart();
  const documents = usePatientList('DocumentReference', patientId);
  const reports = usePatientList('DiagnosticReport', patientId);
  const [open, setOpen] = useState<string>();
  const rows: Paper[] = [...documents.resources, ...reports.resources].sort(newestFirst<Paper>(timeOfPaper));
  const key = (p: Paper) => `${p.resourceType}/${p.id}`;
  const columns: Column<Paper>[] = [
    { name: 'Date', width: '10rem', cell: (p) => <span className="num">{formatDateTime(timeOfPaper(p))}</span> },
    {
      name: 'Title',
      cell: (p) =>
        hasContent(p) ? (
          <LinkButton expanded={open === key(p)} onClick={() => setOpen(open === key(p) ? undefined : key(p))}>
            {titleOf(p)}
          </LinkButton>
        ) : (
          titleOf(p)
        ),
    },
    { name: 'Kind', width: '9rem', from: 'tablet', cell: (p) => (p.resourceType === 'DocumentReference' ? 'Document' : 'Report') },
    { name: 'Category', from: 'desktop', cell: (p) => formatConcepts(p.category) },
    { name: 'By', from: 'desktop', cell: authorOf },
    { name: 'Status', width: '8rem', from: 'tablet', cell: (p) => <Status code={p.status} /> },
    { name: 'Record', width: '5rem', cell: (p) => <RawButton resource={p} label={titleOf(p)} row={false} /> },
  ];
  const error = documents.error ?? reports.error;
  const pending = documents.pending || reports.pending;
  return (
    <>
      <LoadState list={documents} what="documents" />
      <LoadState list={reports} what="reports" />
      {error && <ErrorPanel error={error} what="Documents and reports" retry={() => { documents.retry(); reports.retry(); }} />}
      {pending && !error && <Waiting what="documents" />}
      {!pending && !error && rows.length === 0 && <EmptyState title="No documents or reports are recorded">Notes (DocumentReference) and reports (DiagnosticReport) appear here.</EmptyState>}
      {rows.length > 0 && (
        <div className={classes.surface}>
          <DataTable caption="Documents and reports" columns={columns} rows={rows} rowKey={key} struck={isEnteredInError} detail={(p) => (open === key(p) ? <PaperContent paper={p} /> : undefined)} />
        </div>
      )}
    </>
  );
}

function PaperContent({ paper }: { paper: Paper }) {
  const report = paper.resourceType === 'DiagnosticReport' ? paper : undefined;
  return (
    <>
      {report?.conclusion && <p className={classes.note}>{report.conclusion}</p>}
      {attachmentsOf(paper).map((attachment, index) => (
        <AttachmentView key={index} attachment={attachment} />
      ))}
      {report?.result && report.result.length > 0 && <p>{`Results: ${report.result.map(formatReference).join(', ')}`}</p>}
    </>
  );
}

/** Plain text is shown; of anything else only what it is. HTML is never rendered: a note must not be able to run in the chart. */
function AttachmentView({ attachment }: { attachment: Attachment }) {
  const text = attachment.data && /^text\/plain\b/i.test(attachment.contentType ?? '') ? decodeText(attachment.data) : undefined;
  if (text !== undefined) return <pre className={classes.note}>{text}</pre>;
  const size = attachment.size === undefined ? undefined : formatBytes(attachment.size);
  return (
    <p className={classes.sub}>
      {[attachment.title, attachment.contentType ?? 'type not stated', size].filter(Boolean).join(', ')}
      {attachment.url ? ` at ${attachment.url}` : ''}. This type is not shown here.
    </p>
  );
}
